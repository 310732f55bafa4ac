-- After an event is written: what people report of a plant fits into its installed capacity, and
-- what the engine invents into what that leaves.
-- Ending or reducing one is always allowed: the plant may have shrunk since it was reported.
CREATE FUNCTION incidents_check_event_v2()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_free_mw numeric;
BEGIN
    -- An invented one that a person changes counts from then on.
    IF TG_OP = 'UPDATE' AND OLD.dismissed_at IS NULL AND NEW.period <@ OLD.period
       AND NEW.affected_mw <= OLD.affected_mw
       AND (NEW.invented_at IS NULL OR OLD.changed_by_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    SELECT installed_capacity_mw - incidents_busy_mw_v2(
               NEW.plant_id, NEW.period, NEW.id,
               p_with_invented => NEW.invented_at IS NOT NULL AND NEW.changed_by_id IS NULL)
    INTO v_free_mw
    FROM assets_powerplant
    WHERE id = NEW.plant_id;
    IF NEW.affected_mw > v_free_mw THEN
        RAISE EXCEPTION 'only % MW are free in that period', trim_scale(v_free_mw)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_fits_installed_capacity';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER event_check AFTER INSERT OR UPDATE ON incidents_plantevent
FOR EACH ROW WHEN (NEW.dismissed_at IS NULL) EXECUTE FUNCTION incidents_check_event_v2();

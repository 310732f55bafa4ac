-- Before a plant shrinks: its running and coming events must still fit, as far as people reported
-- them.
CREATE FUNCTION incidents_guard_capacity_v3()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_busy_mw numeric;
BEGIN
    PERFORM incidents_lock_plants_v1(NEW.id);
    v_busy_mw := incidents_busy_mw_v2(NEW.id, tstzrange(clock_timestamp(), NULL), NULL);
    IF NEW.installed_capacity_mw < v_busy_mw THEN
        RAISE EXCEPTION 'running and coming events take % MW', trim_scale(v_busy_mw)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plant_capacity_covers_its_events';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER plant_guard_capacity BEFORE UPDATE OF installed_capacity_mw ON assets_powerplant
FOR EACH ROW WHEN (NEW.installed_capacity_mw < OLD.installed_capacity_mw)
EXECUTE FUNCTION incidents_guard_capacity_v3();

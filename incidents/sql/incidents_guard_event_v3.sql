-- Before an event is written: one writer per plant, and what may never change does not.
-- The engine writes what it invents under its own lock, which every other writer shares; were it
-- to wait for a plant as well, the two could wait for each other.
CREATE FUNCTION incidents_guard_event_v3()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM incidents_lock_plants_v1(OLD.plant_id);
        RETURN OLD;
    END IF;
    IF NEW.invented_at IS NULL OR NEW.reported_by_id IS NOT NULL OR NEW.changed_by_id IS NOT NULL
    THEN
        PERFORM incidents_lock_plants_v1(NEW.plant_id);
    END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.version := 1;
        NEW.changed_at := NEW.reported_at;
        NEW.changed_by_id := NEW.reported_by_id;
        RETURN NEW;
    END IF;
    IF OLD.dismissed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a dismissed event does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_is_not_dismissed';
    END IF;
    IF (NEW.plant_id, NEW.reported_at, NEW.invented_at)
       IS DISTINCT FROM (OLD.plant_id, OLD.reported_at, OLD.invented_at) THEN
        RAISE EXCEPTION 'an event stays with its plant and its time of report'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_keeps_its_plant';
    END IF;
    NEW.version := OLD.version + 1;
    NEW.changed_at := greatest(clock_timestamp(), OLD.changed_at + interval '1 microsecond');
    RETURN NEW;
END;
$$;

CREATE TRIGGER event_guard BEFORE INSERT OR UPDATE OR DELETE ON incidents_plantevent
FOR EACH ROW EXECUTE FUNCTION incidents_guard_event_v3();

-- After an event is written: keep what was known of it until now, and since when it is otherwise.
CREATE FUNCTION incidents_record_version_v1()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE incidents_eventversion
        SET superseded_at = NEW.changed_at
        WHERE event_id = NEW.id AND version = OLD.version;
    END IF;
    INSERT INTO incidents_eventversion (
        event_id, version, recorded_at, recorded_by_id, event_type, reason, description,
        affected_mw, starts_at, ends_at, dismissed_at
    ) VALUES (
        NEW.id, NEW.version, NEW.changed_at, NEW.changed_by_id, NEW.event_type, NEW.reason,
        NEW.description, NEW.affected_mw, NEW.starts_at, NEW.ends_at, NEW.dismissed_at
    );
    RETURN NULL;
END;
$$;

CREATE TRIGGER event_record AFTER INSERT OR UPDATE ON incidents_plantevent
FOR EACH ROW EXECUTE FUNCTION incidents_record_version_v1();

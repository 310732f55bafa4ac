-- After a version of an event is kept: one message for each active webhook of the organization that
-- wants to hear of it. What is not to be seen yet is not told yet either.
CREATE FUNCTION incidents_queue_messages_v1()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO incidents_webhookmessage (
        id, webhook_id, version_id, kind, created_at, state, due_at, attempt_count
    )
    SELECT gen_random_uuid(), webhook.id, NEW.id, change.kind, NEW.recorded_at, 'waiting',
           NEW.recorded_at, 0
    FROM incidents_plantevent AS event
    JOIN assets_powerplant AS plant ON plant.id = event.plant_id
    JOIN incidents_webhook AS webhook
        ON webhook.organization_id = plant.organization_id AND webhook.is_active
    LEFT JOIN incidents_eventversion AS before
        ON before.event_id = NEW.event_id AND before.version = NEW.version - 1
    CROSS JOIN LATERAL (SELECT CASE
        WHEN NEW.dismissed_at IS NOT NULL THEN 'dismissed'
        WHEN before.id IS NULL THEN 'reported'
        WHEN NEW.ends_at <= NEW.recorded_at AND NEW.ends_at IS DISTINCT FROM before.ends_at
             AND (NEW.event_type, NEW.reason, NEW.description, NEW.affected_mw, NEW.starts_at)
                 = (before.event_type, before.reason, before.description, before.affected_mw, before.starts_at)
        THEN 'ended'
        ELSE 'changed'
    END::varchar AS kind) AS change
    WHERE event.id = NEW.event_id AND change.kind = ANY (webhook.event_kinds);
    RETURN NULL;
END;
$$;

CREATE TRIGGER version_queue AFTER INSERT ON incidents_eventversion
FOR EACH ROW EXECUTE FUNCTION incidents_queue_messages_v1();

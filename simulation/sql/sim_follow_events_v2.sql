-- After people wrote events: the engine's own outages of these plants yield, and the hours that
-- either touches or touched are computed again, in the same transaction. Bulk writes cost one
-- recalculation. Where only the engine wrote, it computes the hours itself.
CREATE FUNCTION sim_follow_events_v2()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET timezone = 'UTC' AS $$
DECLARE
    v_touched text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT * FROM new_event'
        WHEN 'DELETE' THEN 'SELECT * FROM old_event'
        ELSE 'SELECT * FROM new_event UNION ALL SELECT * FROM old_event' END;
    v_plant_ids bigint[];
    v_from timestamptz[];
    v_until timestamptz[];
BEGIN
    -- The engine writes in every run, mostly nothing, so that ends here.
    IF TG_OP <> 'DELETE' THEN
        IF NOT EXISTS (
            SELECT FROM new_event WHERE invented_at IS NULL OR changed_by_id IS NOT NULL
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    EXECUTE 'SELECT array_agg(plant_id), array_agg(from_ts), array_agg(until_ts) FROM (
                 SELECT plant_id, min(lower(period)) AS from_ts,
                        nullif(max(coalesce(upper(period), ''infinity'')), ''infinity'') AS until_ts
                 FROM (' || v_touched || ') AS touched GROUP BY plant_id
                 HAVING bool_or(invented_at IS NULL OR changed_by_id IS NOT NULL OR $1)
             ) AS span'
    INTO v_plant_ids, v_from, v_until
    USING TG_OP = 'DELETE';
    IF v_plant_ids IS NOT NULL THEN
        PERFORM sim_follow_reports_v1(v_plant_ids, v_from, v_until);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER sim_event_inserted AFTER INSERT ON incidents_plantevent
REFERENCING NEW TABLE AS new_event FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_events_v2();

CREATE TRIGGER sim_event_updated AFTER UPDATE ON incidents_plantevent
REFERENCING OLD TABLE AS old_event NEW TABLE AS new_event
FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_events_v2();

CREATE TRIGGER sim_event_deleted AFTER DELETE ON incidents_plantevent
REFERENCING OLD TABLE AS old_event FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_events_v2();

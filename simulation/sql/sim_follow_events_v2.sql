-- After events were written: recalculate the plants and hours that they touch or touched, in the
-- same transaction. Bulk writes cost one recalculation.
CREATE FUNCTION sim_follow_events_v2()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_touched text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT plant_id, period FROM new_event'
        WHEN 'DELETE' THEN 'SELECT plant_id, period FROM old_event'
        ELSE 'SELECT plant_id, period FROM new_event UNION ALL
              SELECT plant_id, period FROM old_event' END;
    v_plant_ids bigint[];
    v_from timestamptz[];
    v_until timestamptz[];
BEGIN
    EXECUTE 'SELECT array_agg(plant_id), array_agg(from_ts), array_agg(until_ts) FROM (
                 SELECT plant_id, min(lower(period)) AS from_ts,
                        nullif(max(coalesce(upper(period), ''infinity'')), ''infinity'') AS until_ts
                 FROM (' || v_touched || ') AS touched GROUP BY plant_id
             ) AS span'
    INTO v_plant_ids, v_from, v_until;
    IF v_plant_ids IS NOT NULL THEN
        PERFORM sim_recalculate_v2(v_plant_ids, v_from, v_until);
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

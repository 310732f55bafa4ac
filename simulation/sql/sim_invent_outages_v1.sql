-- Let the engine's own outages of plants, those that share an instant with [p_from, p_until), stand
-- as events; write only what differs, and return the span of it for each plant. They are reported
-- when they start, so nobody sees them before. Whoever calls this computes the hours.
CREATE FUNCTION sim_invent_outages_v1(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (plant_id bigint, from_ts timestamptz, until_ts timestamptz)
LANGUAGE plpgsql ROWS 10 AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := clock_timestamp();
    v_longest interval := (SELECT max(look_back_days) FROM sim_outage_kinds_v1())
                          * interval '1 day';
BEGIN
    RETURN QUERY
    WITH wanted AS MATERIALIZED (
        SELECT * FROM sim_outages_v1(p_plant_ids, p_from, p_until, p_seed)
    ), standing AS MATERIALIZED (
        SELECT id, plant_id, invented_at, affected_mw, starts_at, ends_at, period
        FROM incidents_plantevent
        WHERE invented_at > p_from - 2 * v_longest
          AND invented_at < coalesce(p_until, 'infinity') + v_longest
          AND dismissed_at IS NULL AND changed_by_id IS NULL AND plant_id = ANY (p_plant_ids)
    ), stored AS MATERIALIZED (
        -- What stands in the span, and where a wanted one is: there another seed may have left some.
        SELECT id, plant_id, invented_at, affected_mw, starts_at, ends_at
        FROM standing
        WHERE period && tstzrange(p_from, p_until)
        UNION
        SELECT standing.id, plant_id, standing.invented_at, standing.affected_mw,
               standing.starts_at, standing.ends_at
        FROM standing
        JOIN wanted USING (plant_id)
        WHERE standing.period && tstzrange(wanted.starts_at, wanted.ends_at)
           OR standing.invented_at = wanted.invented_at
    ), changed AS (
        UPDATE incidents_plantevent AS event
        SET affected_mw = coalesce(wanted.affected_mw, event.affected_mw),
            ends_at = coalesce(wanted.ends_at, event.ends_at),
            dismissed_at = CASE WHEN wanted.plant_id IS NULL THEN v_now END
        FROM stored
        LEFT JOIN wanted USING (plant_id, invented_at, starts_at)
        WHERE event.id = stored.id
          AND (wanted.affected_mw, wanted.ends_at)
              IS DISTINCT FROM (stored.affected_mw, stored.ends_at)
        RETURNING stored.plant_id, stored.starts_at,
                  greatest(stored.ends_at, wanted.ends_at) AS ends_at
    ), added AS (
        INSERT INTO incidents_plantevent AS event
            (plant_id, invented_at, event_type, reason, description, affected_mw, starts_at,
             ends_at, reported_at, changed_at, version)
        SELECT plant_id, invented_at, event_type, reason, '', affected_mw, starts_at, ends_at,
               -- A part of an outage that stands already is news of now.
               CASE WHEN EXISTS (
                        SELECT FROM stored
                        WHERE (stored.plant_id, stored.invented_at)
                              = (wanted.plant_id, wanted.invented_at)
                    ) THEN greatest(invented_at, v_now) ELSE invented_at END,
               v_now, 1
        FROM wanted
        WHERE NOT EXISTS (
            SELECT FROM stored
            WHERE (stored.plant_id, stored.invented_at, stored.starts_at)
                  = (wanted.plant_id, wanted.invented_at, wanted.starts_at)
        )
        RETURNING event.plant_id, event.starts_at, event.ends_at
    )
    SELECT plant_id, min(starts_at), max(ends_at)
    FROM (SELECT * FROM changed UNION ALL SELECT * FROM added) AS written
    GROUP BY plant_id;
END;
$$;

-- What reports in these spans of these plants change: first the engine's own outages, then the
-- hours of both.
CREATE FUNCTION sim_follow_reports_v1(
    p_plant_ids bigint[], p_from timestamptz[], p_until timestamptz[]
) RETURNS void LANGUAGE plpgsql SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_seed bigint;
    v_plant_ids bigint[];
    v_from timestamptz[];
    v_until timestamptz[];
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => false);
    v_seed := sim_stored_seed_v1();
    SELECT array_agg(plant_id), array_agg(from_ts), array_agg(until_ts)
    INTO v_plant_ids, v_from, v_until
    FROM (
        SELECT plant_id, min(from_ts) AS from_ts,
               nullif(max(coalesce(until_ts, 'infinity')), 'infinity') AS until_ts
        FROM (
            SELECT * FROM unnest(p_plant_ids, p_from, p_until)
            UNION ALL
            SELECT change.*
            FROM (
                SELECT min(from_ts) AS from_ts,
                       nullif(max(coalesce(until_ts, 'infinity')), 'infinity') AS until_ts
                FROM unnest(p_from, p_until) AS span (from_ts, until_ts)
            ) AS widest
            CROSS JOIN LATERAL sim_invent_outages_v1(
                p_plant_ids, widest.from_ts, widest.until_ts, v_seed) AS change
        ) AS touched (plant_id, from_ts, until_ts)
        GROUP BY plant_id
    ) AS span;
    PERFORM sim_recalculate_v2(v_plant_ids, v_from, v_until);
END;
$$;

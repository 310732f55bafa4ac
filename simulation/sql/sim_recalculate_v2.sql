-- Compute the stored hours of plants again, each in its own span; write only what differs and
-- return the rows written. For a few plants planning costs more than running, so one plan serves.
CREATE FUNCTION sim_recalculate_v2(
    p_plant_ids bigint[], p_from timestamptz[], p_until timestamptz[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET jit = off SET timezone = 'UTC'
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_seed bigint;
    v_from timestamptz;
    v_until timestamptz;
    v_written bigint;
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => false);
    v_seed := sim_stored_seed_v1();
    SELECT greatest(stored.from_ts, date_trunc('hour', min(span.from_ts))),
           least(stored.until_ts, max(coalesce(span.until_ts, 'infinity')))
    INTO v_from, v_until
    FROM sim_stored_span_v1() AS stored
    CROSS JOIN unnest(p_from, p_until) AS span (from_ts, until_ts)
    GROUP BY stored.from_ts, stored.until_ts;
    -- Without stored hours both are NULL, and an open-ended event would be expanded for ever.
    IF v_from IS NULL OR v_from >= v_until THEN
        RETURN 0;
    END IF;
    INSERT INTO transparency_hourlygeneration AS old
        (plant_id, ts, planned_mwh, actual_mwh, settlement_mwh)
    SELECT hour.plant_id, hour.ts, hour.planned_mwh, hour.actual_mwh, hour.settlement_mwh
    FROM sim_plant_hours_v2(p_plant_ids, v_from, v_until, v_seed) AS hour
    JOIN unnest(p_plant_ids, p_from, p_until) AS span (plant_id, from_ts, until_ts)
      ON span.plant_id = hour.plant_id AND hour.ts > span.from_ts - interval '1 hour'
     AND hour.ts < coalesce(span.until_ts, 'infinity')
    ON CONFLICT (plant_id, ts) DO UPDATE SET
        planned_mwh = excluded.planned_mwh, actual_mwh = excluded.actual_mwh,
        settlement_mwh = excluded.settlement_mwh
    WHERE (old.planned_mwh, old.actual_mwh, old.settlement_mwh) IS DISTINCT FROM
          (excluded.planned_mwh, excluded.actual_mwh, excluded.settlement_mwh);
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END;
$$;

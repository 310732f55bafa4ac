-- What the schedule calls at 03:30 UTC: drop the UTC days that ended more than p_days × 24 h before
-- p_at, and their simulated prices and consumption. Imported hours stay. Returns the days dropped.
CREATE FUNCTION delete_old_data(p_at timestamptz DEFAULT now(), p_days integer DEFAULT 7)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_started timestamptz := clock_timestamp();
    v_before timestamptz := p_at - make_interval(hours => 24 * p_days);
    v_before_day timestamptz := date_trunc('day', v_before);
    v_days integer;
    v_rows bigint;
    v_deleted bigint := 0;
BEGIN
    IF p_at IS NULL OR p_days IS NULL OR p_days < 0 THEN
        RAISE EXCEPTION 'retention is an instant and no fewer than 0 days'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM sim_lock_engine_v1(p_alone => true);
    SELECT count(*) INTO v_days FROM transparency_drop_days_v1(v_before);
    DELETE FROM transparency_hourlyprice WHERE ts < v_before_day AND NOT imported;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_deleted := v_deleted + v_rows;
    DELETE FROM transparency_hourlyconsumption WHERE ts < v_before_day AND NOT imported;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_deleted := v_deleted + v_rows;
    DELETE FROM simulation_hourstate WHERE ts < v_before_day;
    INSERT INTO simulation_simulationrun
        (kind, day, started_at, finished_at, rows_written, outcome, detail)
    VALUES ('prune', p_at::date, v_started, clock_timestamp(), v_deleted, 'succeeded',
            format('%s days of generation dropped', v_days));
    RETURN v_days;
END;
$$;

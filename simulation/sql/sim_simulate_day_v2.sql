-- Simulate one UTC day and enter it in the ledger with its seed and scenario; return the rows
-- written. With p_ahead also the day-ahead values that must be there during that day: up to the
-- end of the Turkish day after the one that begins in its last hours. The outages that plants have
-- by themselves in that day become events first, for their hours follow them.
CREATE FUNCTION sim_simulate_day_v2(p_day date, p_ahead boolean)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET jit = off SET timezone = 'UTC'
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_started timestamptz := clock_timestamp();
    v_from timestamptz := p_day::timestamptz;
    v_realised_until timestamptz := v_from + interval '24 hours';
    v_until timestamptz := v_from + CASE WHEN p_ahead THEN interval '69 hours'
                                         ELSE interval '24 hours' END;
    v_seed bigint;
    v_scenario jsonb;
    v_written bigint;
BEGIN
    IF p_day IS NULL OR p_day NOT BETWEEN '2000-01-01' AND '2099-12-31' THEN
        RAISE EXCEPTION 'a day from 2000 to 2099 can be simulated'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM sim_lock_engine_v1(p_alone => true);
    SELECT seed, scenario INTO STRICT v_seed, v_scenario FROM simulation_settings;
    v_written := sim_write_market_v2(v_from, v_realised_until, v_until, v_seed, v_scenario)
               + sim_invent_day_v1(v_from, v_realised_until, v_until, v_seed)
               + sim_write_generation_v2(v_from, v_until, v_seed);
    INSERT INTO simulation_simulationrun
        (kind, day, started_at, finished_at, rows_written, seed, scenario, outcome, detail)
    VALUES
        ('simulate', p_day, v_started, clock_timestamp(), v_written, v_seed, v_scenario,
         'succeeded', '');
    RETURN v_written;
END;
$$;

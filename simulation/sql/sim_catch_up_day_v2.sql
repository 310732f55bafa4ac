-- Simulate a UTC day with what is ahead of it unless the ledger says that it is done as the
-- settings ask; return the rows written. The lock comes first, so of two who try at once the
-- second finds it done.
CREATE FUNCTION sim_catch_up_day_v2(p_day date)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => true);
    IF EXISTS (
        SELECT FROM simulation_simulationrun AS run
        JOIN simulation_settings AS settings
          ON (settings.seed, settings.scenario) = (run.seed, run.scenario)
        WHERE run.kind = 'simulate' AND run.day = p_day AND run.outcome = 'succeeded'
          -- A run writes ahead, into two more days: no later one of another market may have
          -- changed this day.
          AND NOT EXISTS (
              SELECT FROM simulation_simulationrun AS later
              WHERE later.kind = 'simulate' AND later.day BETWEEN p_day - 2 AND p_day
                AND later.outcome = 'succeeded' AND later.id > run.id
                AND (later.seed, later.scenario) IS DISTINCT FROM
                    (settings.seed, settings.scenario)
          )
          -- A day that was simulated and pruned since has no hours, and is due again.
          AND EXISTS (
              SELECT FROM simulation_hourstate
              WHERE ts = p_day::timestamptz + interval '23 hours' AND actual_drivers IS NOT NULL
          )
    ) THEN
        RETURN 0;
    END IF;
    RETURN sim_simulate_day_v2(p_day, p_ahead => true);
END;
$$;

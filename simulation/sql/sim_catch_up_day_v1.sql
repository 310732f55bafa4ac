-- Simulate a UTC day with what is ahead of it unless the ledger says that it is done; return the
-- rows written. The lock comes first, so of two who try at once the second finds it done.
CREATE FUNCTION sim_catch_up_day_v1(p_day date)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => true);
    IF EXISTS (
        SELECT FROM simulation_simulationrun AS run
        JOIN simulation_settings AS settings ON settings.seed = run.seed
        WHERE run.kind = 'simulate' AND run.day = p_day AND run.outcome = 'succeeded'
          -- A day that was simulated and pruned since has no hours, and is due again.
          AND to_regclass('transparency_hourlygeneration_' || to_char(p_day, 'YYYYMMDD'))
              IS NOT NULL
    ) THEN
        RETURN 0;
    END IF;
    RETURN sim_simulate_day_v1(p_day, p_ahead => true);
END;
$$;

-- Choose the market that is simulated from now on, unless a scenario names its own seed; kept days
-- become due again.
CREATE FUNCTION sim_set_seed_v2(p_seed bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE simulation_settings SET default_seed = p_seed WHERE default_seed <> p_seed
$$;

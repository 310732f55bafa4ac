-- Choose the market that is simulated from now on; kept days become due again.
CREATE FUNCTION sim_set_seed_v1(p_seed bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE simulation_settings SET seed = p_seed WHERE seed <> p_seed
$$;

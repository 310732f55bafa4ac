-- Choose the scenario of all that is simulated from now on, {} for none; days that were simulated
-- in another one become due again.
CREATE FUNCTION sim_set_scenario_v1(p_scenario jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE simulation_settings SET scenario = p_scenario WHERE scenario <> p_scenario
$$;

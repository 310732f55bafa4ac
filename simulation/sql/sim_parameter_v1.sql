-- One number of the model.
CREATE FUNCTION sim_parameter_v1(p_name text)
RETURNS float8 LANGUAGE sql STABLE STRICT AS $$
    SELECT value FROM simulation_parameter WHERE name = p_name
$$;

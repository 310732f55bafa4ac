-- One number of the model, at a path inside the parameter where it holds several. A name that is
-- not there is an error: a missing number would silently make everything NULL.
CREATE FUNCTION sim_number_v1(p_name text, VARIADIC p_path text[] DEFAULT '{}')
RETURNS float8 LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_number float8;
BEGIN
    SELECT (value #>> p_path)::float8 INTO STRICT v_number
    FROM simulation_parameter WHERE name = p_name;
    RETURN v_number;
END;
$$;

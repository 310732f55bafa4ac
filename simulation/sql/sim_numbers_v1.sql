-- A list of numbers of the model as an array; a table of lists comes flat, row after row.
CREATE FUNCTION sim_numbers_v1(p_name text, VARIADIC p_path text[] DEFAULT '{}')
RETURNS float8[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_numbers float8[];
BEGIN
    SELECT ('{' || translate((value #> p_path)::text, '[]', '') || '}')::float8[]
    INTO STRICT v_numbers FROM simulation_parameter WHERE name = p_name;
    RETURN v_numbers;
END;
$$;

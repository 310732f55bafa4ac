-- A JSON list of numbers as an array.
CREATE FUNCTION sim_floats_v1(p_list jsonb)
RETURNS float8[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(number::float8 ORDER BY place)
    FROM jsonb_array_elements_text(p_list) WITH ORDINALITY AS listed (number, place)
$$;

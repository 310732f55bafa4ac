-- A hash as a number in (0, 1), from its upper half.
CREATE FUNCTION sim_uniform_v1(p_hash bigint)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (((p_hash >> 32) & 4294967295)::float8 + 0.5) / 4294967296.0
$$;

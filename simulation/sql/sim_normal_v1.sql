-- A hash as a nearly normal number, the sum of its four 16-bit pieces: mean 0, deviation 1.
CREATE FUNCTION sim_normal_v1(p_hash bigint)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (((p_hash & 65535) + ((p_hash >> 16) & 65535) + ((p_hash >> 32) & 65535)
             + ((p_hash >> 48) & 65535))::float8 - 131070.0)
           * (1.7320508075688772::float8 / 65536.0)
$$;

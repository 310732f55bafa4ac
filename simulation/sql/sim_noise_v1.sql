-- Noise in (-1, 1) that only key and hour decide: hashed values on a grid of p_width hours, joined
-- by straight lines. The key holds seed and series; a packed key would repeat itself.
CREATE FUNCTION sim_noise_v1(p_key bigint, p_hour bigint, p_width bigint)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (hashint8extended(p_hour / p_width, p_key) * (1 - (p_hour % p_width) / p_width::float8)
          + hashint8extended(p_hour / p_width + 1, p_key) * ((p_hour % p_width) / p_width::float8)
           ) / 9223372036854775808::float8
$$;

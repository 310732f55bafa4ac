-- Numbers to nine places: sums that were added up in another order become the same state.
CREATE FUNCTION sim_rounded_v1(p_numbers float8[])
RETURNS float8[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT round(number * 1e9::float8) / 1e9::float8 FROM unnest(p_numbers) AS number)
$$;

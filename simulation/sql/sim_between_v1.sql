-- A table read between two of its places: tables by month hold the middles of the months.
CREATE FUNCTION sim_between_v1(
    p_table float8[], p_before integer, p_after integer, p_share float8
) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_table[p_before] * (1 - p_share) + p_table[p_after] * p_share
$$;

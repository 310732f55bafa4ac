-- The direction of the system in the hour from p_ts: -1 deficit, 1 surplus, 0 balance. Balancing
-- energy costs more than PTF in a deficit and less in a surplus. Equal prices mean balance, but for
-- the limits of the price, which keep it from showing the deficit above or the surplus below.
CREATE FUNCTION system_direction_v1(p_ts timestamptz, p_ptf numeric, p_smf numeric)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_smf <> p_ptf THEN sign(p_ptf - p_smf)::integer
                WHEN p_smf >= price_ceiling_v1(p_ts) THEN -1
                WHEN p_smf <= 0 THEN 1
                ELSE 0 END
$$;

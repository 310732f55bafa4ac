-- What a positive imbalance earns and a negative one costs in the hour from p_ts, TL/MWh. From 2026
-- on the side that burdens the system bears 6 % instead of 3 %, a negative imbalance 5 % more at the
-- ceiling, and below 150 TL/MWh a positive one pays; before, 3 % on both sides.
CREATE FUNCTION imbalance_prices_v1(
    p_ts timestamptz, p_ptf numeric, p_smf numeric, OUT positive numeric, OUT negative numeric
) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_ts < timestamptz '2026-01-01 00:00+03' THEN round(low * 0.97, 2)
                WHEN low < 150 THEN round(-100 * (1 + positive_margin), 2)
                ELSE round(low * (1 - positive_margin), 2) END,
           CASE WHEN p_ts < timestamptz '2026-01-01 00:00+03' THEN round(high * 1.03, 2)
                ELSE round(greatest(high, 150) * (1 + negative_margin)
                           * CASE WHEN high >= price_ceiling_v1(p_ts) THEN 1.05 ELSE 1 END, 2) END
    FROM (
        SELECT least(p_ptf, p_smf) AS low, greatest(p_ptf, p_smf) AS high,
               CASE WHEN direction > 0 THEN 0.06 ELSE 0.03 END AS positive_margin,
               CASE WHEN direction < 0 THEN 0.06 ELSE 0.03 END AS negative_margin
        FROM system_direction_v1(p_ts, p_ptf, p_smf) AS direction
    ) AS hour
$$;

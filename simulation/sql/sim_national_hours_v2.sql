-- The country's hours of [p_from, p_until): consumption, its forecast, PTF, SMF, and what its
-- plants follow. A function of seed, scenario, time and parameters only.
CREATE FUNCTION sim_national_hours_v2(
    p_from timestamptz, p_until timestamptz, p_seed bigint, p_scenario jsonb DEFAULT '{}'
) RETURNS TABLE (
    ts timestamptz, actual_mwh float8, forecast_mwh float8, ptf float8, smf float8,
    planned_drivers float8[], actual_drivers float8[], spreads float8[]
) LANGUAGE plpgsql STABLE ROWS 100 AS $$
#variable_conflict use_column
DECLARE
    v_first bigint := extract(epoch FROM p_from)::bigint / 3600;
    v_until bigint := extract(epoch FROM p_until)::bigint / 3600;
    v_price_need float8[] := sim_numbers_v1('ptf.curve', '0');
    v_price float8[] := sim_numbers_v1('ptf.curve', '1');
    v_price_month float8[] := sim_numbers_v1('ptf.month');
    v_price_hour float8[] := sim_numbers_v1('ptf.hour');
    v_price_sd_at float8[] := sim_numbers_v1('ptf.sd_at', '0');
    v_price_sd float8[] := sim_numbers_v1('ptf.sd_at', '1');
    v_price_gain float8 := sim_number_v1('ptf.sd_gain');
    v_scarcity float8[] := sim_numbers_v1('ptf.scarcity');
    v_tick float8[] := sim_numbers_v1('ptf.tick');
    v_tick_key bigint := hashtextextended('ptf.tick', p_seed);
    v_shift_at float8[] := sim_numbers_v1('smf.mu_at', '0');
    v_shift float8[] := sim_numbers_v1('smf.mu_at', '1');
    v_shift_at_cap float8 := sim_number_v1('smf.mu_cap');
    v_surprise float8 := sim_number_v1('smf.surprise_weight');
    v_surprise_sd float8 := sim_number_v1('smf.surprise_sd');
    v_equal float8 := sim_number_v1('smf.equal_width') / 2;
    v_up float8[] := sim_numbers_v1('smf.up');
    v_up_pivot float8 := sim_number_v1('smf.up_pivot');
    v_rank_slope float8 := sim_number_v1('smf.rank_slope');
    v_up_rank float8[] := sim_numbers_v1('smf.up_rank', '0');
    v_up_size float8[] := sim_numbers_v1('smf.up_rank', '1');
    v_down_rank float8[] := sim_numbers_v1('smf.down_rank', '0');
    v_down_size float8[] := sim_numbers_v1('smf.down_rank', '1');
    v_size_span float8 := sim_number_v1('smf.size_span');
    v_size_key bigint := hashtextextended('smf.size', p_seed);
BEGIN
    RETURN QUERY
    WITH expected AS MATERIALIZED (
        -- The usual price at the need, in levels of the year.
        SELECT *, sim_interpolate_v1(price_need, v_price_need, v_price)
               + v_price_hour[local_hour + 1]
               + sim_between_v1(v_price_month, month_before, month_after, month_share)
               AS usual_price
        FROM sim_dispatch_hours_v2(v_first, v_until, p_seed, p_scenario)
    ), scarce AS MATERIALIZED (
        -- Above a level the price runs straight to the cap.
        SELECT *, CASE WHEN price > v_scarcity[1]
                       THEN v_scarcity[1] + (price - v_scarcity[1])
                            * (price_cap / price_level - v_scarcity[1])
                            / (v_scarcity[2] - v_scarcity[1])
                       ELSE price END * price_shock * price_level AS free_price
        FROM expected
        CROSS JOIN LATERAL (
            SELECT usual_price + noise[17] * v_price_gain
                   * sim_interpolate_v1(usual_price, v_price_sd_at, v_price_sd) AS price
            OFFSET 0
        ) AS offer
    ), cleared AS MATERIALIZED (
        -- Many offers come in round steps.
        SELECT *, round(least(price_cap, greatest(price_floor, CASE
                   WHEN sim_uniform_v1(hashint8extended(hour, v_tick_key)) < v_tick[1]
                       THEN floor(free_price / v_tick[2]) * v_tick[2]
                   ELSE free_price END)) * 100) / 100 AS ptf
        FROM scarce
    ), balance AS MATERIALIZED (
        -- The index of the system's direction: a positive one is a deficit.
        SELECT *, shift + v_surprise * (demand - planned_demand) / demand / v_surprise_sd
               + sqrt(1 - v_surprise * v_surprise) * noise[18] AS direction,
               1 + v_size_span * (sim_uniform_v1(hashint8extended(hour, v_size_key)) - 0.5) AS size
        FROM cleared
        CROSS JOIN LATERAL (
            SELECT CASE WHEN ptf >= price_cap - 0.005 THEN v_shift_at_cap
                        ELSE sim_interpolate_v1(ptf / price_level, v_shift_at, v_shift)
                   END AS shift
            OFFSET 0
        ) AS usual
    ), ranked AS MATERIALIZED (
        -- How far the hour is out on its side, 0 to 1; the logistic curve stands for the normal.
        SELECT *, 1 / (1 + exp(-v_rank_slope * (direction - shift))) AS rank,
               1 / (1 + exp(-v_rank_slope * (v_equal - shift))) AS rank_up,
               1 / (1 + exp(-v_rank_slope * (-v_equal - shift))) AS rank_down
        FROM balance
    ), settled AS MATERIALIZED (
        -- SMF is above PTF in a deficit, below it in a surplus, equal in a narrow band.
        SELECT *, ptf + CASE
                   WHEN direction > v_equal
                       THEN (v_up[1] + v_up[2] * greatest(0, v_up_pivot - ptf / price_level))
                            * sim_interpolate_v1((rank - rank_up) / greatest(1 - rank_up, 1e-6),
                                                 v_up_rank, v_up_size)
                   WHEN direction < -v_equal
                       THEN -sim_interpolate_v1((rank_down - rank) / greatest(rank_down, 1e-6),
                                                v_down_rank, v_down_size)
                   ELSE 0 END * price_level * size AS free_smf
        FROM ranked
    )
    SELECT to_timestamp(hour * 3600), round(demand * 100) / 100, round(forecast * 100) / 100, ptf,
           round(least(price_cap, greatest(price_floor, free_smf)) * 100) / 100,
           sim_rounded_v1(planned_drivers), sim_rounded_v1(actual_drivers), sim_rounded_v1(spreads)
    FROM settled ORDER BY hour;
END;
$$;

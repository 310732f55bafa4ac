-- The Turkish days [p_first, p_last]: between which middles of months they lie and how far, what
-- holidays make of demand, the growth since its base, and the limits of the price.
CREATE FUNCTION sim_calendar_v2(p_first date, p_last date)
RETURNS TABLE (
    day date, month_before integer, month_after integer, month_share float8, day_type integer,
    holiday text, holiday_ratio float8, after_rest boolean, is_ramadan boolean, growth float8,
    price_floor float8, price_cap float8, price_level float8
) LANGUAGE sql STABLE AS $$
    WITH religious AS (
        SELECT (row ->> 0)::date AS day, row ->> 1 AS kind
        FROM simulation_parameter, jsonb_array_elements(value) AS row
        WHERE name = 'calendar.religious_days'
    ), marked AS (
        -- The days before and after belong to it: a holiday colours its neighbours.
        SELECT ordinary.day, extract(isodow FROM ordinary.day)::integer AS weekday,
               extract(doy FROM ordinary.day)::float8 - 0.5 AS day_of_year,
               coalesce(religious.kind,
                        fixed.value ->> to_char(ordinary.day, 'MM-DD'), '') AS holiday
        FROM (
            SELECT p_first + number AS day
            FROM generate_series(-2, p_last - p_first + 1) AS number
        ) AS ordinary
        LEFT JOIN religious USING (day)
        CROSS JOIN simulation_parameter AS fixed
        WHERE fixed.name = 'calendar.fixed_days'
    ), typed AS (
        SELECT marked.*, CASE weekday WHEN 6 THEN 1 WHEN 7 THEN 2 ELSE 0 END AS day_type,
               holiday = '' AND weekday < 6
               AND (lag(holiday) OVER by_day || lead(holiday) OVER by_day) ~ 'ramazan|kurban'
               AS is_bridge,
               weekday = 7 OR holiday <> '' AND holiday NOT LIKE '%eve' AS is_rest,
               width_bucket(day_of_year, middles) AS month, middles
        FROM marked
        CROSS JOIN (SELECT sim_numbers_v1('calendar.month_middles') AS middles) AS months
        WINDOW by_day AS (ORDER BY day)
    ), placed AS (
        SELECT typed.*, coalesce(lag(is_rest) OVER by_day, false) AND NOT is_rest AND day_type = 0
               AS after_rest,
               (day_of_year - CASE month WHEN 0 THEN middles[12] - 365 ELSE middles[month] END)
               / CASE WHEN month IN (0, 12) THEN middles[1] + 365 - middles[12]
                      ELSE middles[month + 1] - middles[month] END AS month_share
        FROM typed
        WINDOW by_day AS (ORDER BY day)
    )
    SELECT day, (month + 11) % 12 + 1, month % 12 + 1, month_share, day_type, holiday,
           1 - (1 - coalesce((ratio.value ->> CASE WHEN is_bridge THEN 'bridge' ELSE holiday END
                             )::float8, 1))
               * CASE day_type WHEN 1 THEN (weekend.value ->> 'saturday')::float8
                               WHEN 2 THEN (weekend.value ->> 'sunday')::float8 ELSE 1 END,
           after_rest,
           EXISTS (
               SELECT FROM jsonb_array_elements(ramadan.value) AS period
               WHERE day BETWEEN (period ->> 0)::date AND (period ->> 1)::date
           ),
           power(1 + (growth.value #>> '{}')::float8,
                 (day - (base.value #>> '{}')::date) / 365.25::float8),
           regime.floor, regime.cap, regime.level
    FROM placed
    JOIN simulation_parameter AS ratio ON ratio.name = 'demand.holiday_weekday_factor'
    JOIN simulation_parameter AS weekend ON weekend.name = 'demand.holiday_weekend_share'
    JOIN simulation_parameter AS ramadan ON ramadan.name = 'calendar.ramadan_periods'
    JOIN simulation_parameter AS growth ON growth.name = 'demand.growth'
    JOIN simulation_parameter AS base ON base.name = 'demand.growth_base'
    JOIN simulation_parameter AS limits ON limits.name = 'ptf.regime'
    CROSS JOIN LATERAL (
        -- Before the first of them the first holds.
        SELECT (row ->> 1)::float8 AS floor, (row ->> 2)::float8 AS cap,
               (row ->> 3)::float8 AS level
        FROM jsonb_array_elements(limits.value) AS row
        WHERE (row ->> 0)::date <= greatest(day, (limits.value #>> '{0,0}')::date)
        ORDER BY (row ->> 0)::date DESC LIMIT 1
    ) AS regime
    WHERE day BETWEEN p_first AND p_last
$$;

-- Statistics of the simulated consumption of [p_from, p_until) and of its forecast's error: a
-- figure a row, or a place of a shape (whose average is 1), with the number of hours behind it.
-- Their names are those of simulation_calibration.
CREATE FUNCTION realism_consumption_v1(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, place integer, value float8, sample bigint) LANGUAGE sql STABLE AS $$
    WITH usual AS (
        -- What 2025 had in the same month, kind of day and hour, over its mean.
        SELECT month, (ARRAY['weekday', 'saturday', 'sunday'])[kind] AS day_type,
               hour - 1 AS local_hour, factor::float8 AS factor
        FROM simulation_calibration AS figure
        CROSS JOIN jsonb_array_elements(figure.value) WITH ORDINALITY AS table_of (kinds, month)
        CROSS JOIN jsonb_array_elements(kinds) WITH ORDINALITY AS row (factors, kind)
        CROSS JOIN jsonb_array_elements_text(factors) WITH ORDINALITY AS cell (factor, hour)
        WHERE figure.name = 'usual.consumption'
    ), hour AS MATERIALIZED (
        SELECT *, CASE WHEN rest IS NULL AND consumption IS NOT NULL THEN usual.factor END AS usual,
               lag(consumption) OVER in_time AS hour_before,
               lag(consumption, 24) OVER in_time AS day_before,
               lag(consumption, 168) OVER in_time AS week_before,
               CASE WHEN forecast > 0 THEN forecast / consumption - 1 END AS error,
               -- What month, kind of day and hour leave: weather and other wander.
               CASE WHEN rest IS NULL THEN consumption / avg(consumption) OVER (
                   PARTITION BY month, day_type, local_hour) - 1 END AS residual
        FROM realism_hours_v1(p_from, p_until)
        JOIN usual USING (month, day_type, local_hour)
        WINDOW in_time AS (ORDER BY ts)
    ), lagged AS (
        SELECT *, lag(error) OVER in_time AS error_hour_before,
               lag(error, 24) OVER in_time AS error_day_before,
               lag(residual) OVER in_time AS residual_hour_before,
               lag(residual, 24) OVER in_time AS residual_day_before
        FROM hour WINDOW in_time AS (ORDER BY ts)
    ), total AS (
        SELECT count(consumption) AS hours, count(error) AS forecasts, count(residual) AS residuals,
               count(consumption) FILTER (WHERE rest IS NULL AND day_type = 'saturday')
               AS saturday_hours,
               count(consumption) FILTER (WHERE rest IS NULL AND day_type = 'sunday')
               AS sunday_hours,
               avg(consumption) AS mean, stddev_samp(consumption) AS sd,
               avg(consumption) FILTER (WHERE rest IS NULL) AS ordinary,
               count(usual) AS usual_hours,
               avg(usual * (mean.value #>> '{}')::float8 * power(
                   1 + (growth.value #>> '{}')::float8, (day - date '2025-07-01') / 365.25))
               AS usual,
               avg(consumption) FILTER (WHERE rest IS NULL AND day_type = 'weekday') AS weekday,
               avg(consumption) FILTER (WHERE rest IS NULL AND day_type = 'saturday') AS saturday,
               avg(consumption) FILTER (WHERE rest IS NULL AND day_type = 'sunday') AS sunday,
               percentile_cont(ARRAY[0.01, 0.25, 0.75, 0.99])
                   WITHIN GROUP (ORDER BY consumption - hour_before) AS ramp,
               avg(abs(consumption - hour_before)) AS mean_ramp,
               corr(consumption, hour_before) AS acf_1, corr(consumption, day_before) AS acf_24,
               corr(consumption, week_before) AS acf_168, stddev_samp(residual) AS residual_sd,
               corr(residual, residual_hour_before) AS residual_acf_1,
               corr(residual, residual_day_before) AS residual_acf_24,
               avg(abs(error)) AS mape, avg(error) AS bias, stddev_samp(error) AS error_sd,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY abs(error)) AS error_p95,
               corr(error, error_hour_before) AS error_acf_1,
               corr(error, error_day_before) AS error_acf_24,
               corr(consumption, forecast) FILTER (WHERE error IS NOT NULL) AS corr_actual
        FROM lagged
        JOIN simulation_calibration AS mean ON mean.name = 'cons.mean_mwh'
        JOIN simulation_calibration AS growth ON growth.name = 'usual.growth'
    ), daily AS (
        SELECT day, rest, avg(consumption) AS mean FROM hour GROUP BY day, rest
    ), compared AS (
        -- A holiday over the same weekday one and two weeks away.
        SELECT holiday.rest, holiday.mean / avg(ordinary.mean) AS ratio
        FROM daily AS holiday
        JOIN daily AS ordinary
          ON ordinary.rest IS NULL AND ordinary.day - holiday.day IN (-14, -7, 7, 14)
        WHERE holiday.rest = 'feast'
           OR holiday.rest = 'fixed' AND extract(isodow FROM holiday.day) < 6
        GROUP BY holiday.day, holiday.rest, holiday.mean
    ), shape AS (
        SELECT 'cons.hour.' || day_type AS name, local_hour AS place, avg(consumption) AS mean,
               count(consumption) AS sample
        FROM hour WHERE rest IS NULL GROUP BY day_type, local_hour
        UNION ALL
        SELECT 'usual.cons.hour.' || day_type, local_hour, avg(usual), count(usual)
        FROM hour GROUP BY day_type, local_hour
        UNION ALL
        SELECT 'cons.month', month - 1, avg(consumption), count(consumption)
        FROM hour GROUP BY month
    ), level AS (
        SELECT name, place, mean / avg(mean) OVER (PARTITION BY name) AS value, sample
        FROM shape WHERE mean IS NOT NULL
    ), weekday AS (
        SELECT (array_agg(place ORDER BY value, place))[1] AS least_at,
               sum(sample)::bigint AS hours,
               avg(value) FILTER (WHERE place BETWEEN 2 AND 5) AS night,
               avg(value) FILTER (WHERE place BETWEEN 9 AND 16) AS work,
               avg(value) FILTER (WHERE place BETWEEN 18 AND 21) AS evening
        FROM level WHERE name = 'cons.hour.weekday' HAVING count(*) = 24
    ), year AS (
        SELECT avg(value) FILTER (WHERE place IN (6, 7)) AS summer, sum(sample)::bigint AS hours,
               avg(value) FILTER (WHERE place IN (3, 4)) AS spring,
               max(value) - min(value) AS range
        FROM level WHERE name = 'cons.month' HAVING count(*) = 12
    )
    SELECT figure.* FROM total CROSS JOIN LATERAL (VALUES
        ('cons.mean_mwh', NULL::integer, mean, hours),
        ('cons.ordinary_mean_mwh', NULL, ordinary, usual_hours),
        ('usual.cons.ordinary_mean_mwh', NULL, usual, usual_hours),
        ('cons.cv', NULL, sd / mean, hours),
        ('cons.saturday_over_weekday', NULL, saturday / weekday, saturday_hours),
        ('cons.sunday_over_weekday', NULL, sunday / weekday, sunday_hours),
        ('cons.ramp_p01', NULL, ramp[1] / mean, hours),
        ('cons.ramp_p25', NULL, ramp[2] / mean, hours),
        ('cons.ramp_p75', NULL, ramp[3] / mean, hours),
        ('cons.ramp_p99', NULL, ramp[4] / mean, hours),
        ('cons.ramp_mean_abs', NULL, mean_ramp / mean, hours),
        ('cons.acf_1', NULL, acf_1, hours), ('cons.acf_24', NULL, acf_24, hours),
        ('cons.acf_168', NULL, acf_168, hours),
        ('cons.resid_std', NULL, residual_sd, residuals),
        ('cons.resid_acf_1', NULL, residual_acf_1, residuals),
        ('cons.resid_acf_24', NULL, residual_acf_24, residuals),
        ('fcst.mape', NULL, mape, forecasts), ('fcst.bias', NULL, bias, forecasts),
        ('fcst.std', NULL, error_sd, forecasts), ('fcst.p95_abs', NULL, error_p95, forecasts),
        ('fcst.acf_1', NULL, error_acf_1, forecasts),
        ('fcst.acf_24', NULL, error_acf_24, forecasts),
        ('fcst.corr_actual', NULL, corr_actual, forecasts)
    ) AS figure
    UNION ALL
    SELECT CASE rest WHEN 'feast' THEN 'cons.religious_holiday_ratio'
                     ELSE 'cons.fixed_holiday_ratio' END, NULL, avg(ratio), 24 * count(*)
    FROM compared GROUP BY rest
    UNION ALL
    SELECT figure.* FROM weekday CROSS JOIN LATERAL (VALUES
        ('cons.weekday_min_hour', NULL::integer, least_at, hours),
        ('cons.weekday_night_level', NULL, night, hours),
        ('cons.weekday_workhours_level', NULL, work, hours),
        ('cons.weekday_evening_level', NULL, evening, hours)
    ) AS figure
    UNION ALL
    SELECT figure.* FROM year CROSS JOIN LATERAL (VALUES
        ('cons.summer_factor', NULL::integer, summer, hours),
        ('cons.spring_factor', NULL, spring, hours), ('cons.month_range', NULL, range, hours)
    ) AS figure
    UNION ALL
    SELECT name, place, value, sample FROM level
$$;

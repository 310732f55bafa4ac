-- Statistics of the simulated PTF of [p_from, p_until) and of SMF against it, in the form of
-- realism_consumption_v1. Of the PTF's quantiles the place is the percent.
CREATE FUNCTION realism_prices_v1(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, place integer, value float8, sample bigint) LANGUAGE sql STABLE AS $$
    WITH usual AS (
        -- What 2025 had in the same month and hour, over its mean.
        SELECT month, hour - 1 AS local_hour, factor::float8 AS factor
        FROM simulation_calibration AS figure
        CROSS JOIN jsonb_array_elements(figure.value) WITH ORDINALITY AS row (factors, month)
        CROSS JOIN jsonb_array_elements_text(factors) WITH ORDINALITY AS cell (factor, hour)
        WHERE figure.name = 'usual.ptf'
    ), hour AS MATERIALIZED (
        SELECT *, CASE WHEN ptf IS NOT NULL THEN usual.factor END AS usual, smf - ptf AS gap,
               CASE WHEN abs(smf - ptf) < 0.5 THEN 0 ELSE sign(smf - ptf) END AS side,
               lag(ptf) OVER in_time AS hour_before, lag(ptf, 24) OVER in_time AS day_before,
               lag(ptf, 168) OVER in_time AS week_before,
               -- At the top of the month, of which there must be two weeks.
               CASE WHEN count(ptf) OVER in_month >= 336
                    THEN (ptf >= max(ptf) OVER in_month - 0.5)::integer END AS ptf_at_top,
               CASE WHEN count(smf) OVER in_month >= 336
                    THEN (smf >= max(smf) OVER in_month - 0.5)::integer END AS smf_at_top,
               avg(ptf) OVER () AS mean_ptf
        FROM realism_hours_v1(p_from, p_until)
        JOIN usual USING (month, local_hour)
        WINDOW in_time AS (ORDER BY ts), in_month AS (PARTITION BY date_trunc('month', day))
    ), lagged AS (
        SELECT *, lag(side) OVER in_time AS side_before, lag(gap) OVER in_time AS gap_hour_before,
               lag(gap, 24) OVER in_time AS gap_day_before
        FROM hour WINDOW in_time AS (ORDER BY ts)
    ), total AS (
        SELECT count(ptf) AS hours, count(gap) AS gaps, avg(ptf) AS average,
               nullif(avg(ptf), 0) AS mean, min(ptf) AS least,
               avg(usual * (mean_of_2025.value #>> '{}')::float8) AS usual,
               max(ptf) AS most, stddev_samp(ptf) AS sd,
               avg(ptf_at_top) AS cap_share, count(ptf_at_top) AS cap_hours,
               avg((ptf <= 0.02 * mean_ptf)::integer) AS near_zero,
               avg((ptf <= 0.25 * mean_ptf)::integer) AS low,
               avg(ptf) FILTER (WHERE rest IS NULL AND day_type = 'weekday') AS weekday,
               avg(ptf) FILTER (WHERE rest IS NULL AND day_type = 'sunday') AS sunday,
               count(ptf) FILTER (WHERE rest IS NULL AND day_type = 'sunday') AS sunday_hours,
               corr(ptf, hour_before) AS acf_1, corr(ptf, day_before) AS acf_24,
               corr(ptf, week_before) AS acf_168, avg(abs(ptf - hour_before)) AS ramp,
               avg((abs(ptf - hour_before) < 1e-6 * mean_ptf)::integer) AS unchanged,
               corr(ptf, consumption) AS corr_consumption,
               avg((side > 0)::integer) AS above, avg((side = 0)::integer) AS equal,
               avg((side < 0)::integer) AS below, avg(smf) FILTER (WHERE ptf IS NOT NULL) AS smf,
               stddev_samp(gap) AS gap_sd, avg(abs(gap)) AS gap_abs,
               percentile_cont(ARRAY[0.05, 0.25, 0.75, 0.95]) WITHIN GROUP (ORDER BY gap) AS gap_at,
               avg((side = side_before)::integer) AS persistence,
               corr(gap, gap_hour_before) AS gap_acf_1, corr(gap, gap_day_before) AS gap_acf_24,
               corr(ptf, smf) AS corr_ptf, corr(gap, consumption - forecast) AS corr_surprise,
               avg((smf <= 0.02 * mean_ptf)::integer) AS smf_near_zero,
               avg(smf_at_top) AS smf_cap_share, min(smf) AS smf_least
        FROM lagged
        JOIN simulation_calibration AS mean_of_2025 ON mean_of_2025.name = 'ptf.mean'
    ), quantile AS (
        SELECT unnest(ARRAY[1, 5, 10, 25, 50, 75, 90, 95, 99]) AS percent,
               unnest(percentile_cont(ARRAY[0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99])
                          WITHIN GROUP (ORDER BY ptf)) AS value, count(ptf) AS hours
        FROM hour
    ), daily AS (
        SELECT max(ptf) - min(ptf) AS spread FROM hour GROUP BY day HAVING count(ptf) >= 20
    ), shape AS (
        SELECT 'ptf.hour.' || day_type AS name, local_hour AS place, avg(ptf) AS mean,
               count(ptf) AS sample
        FROM hour WHERE rest IS NULL GROUP BY day_type, local_hour
        UNION ALL
        SELECT 'ptf.month', month - 1, avg(ptf), count(ptf) FROM hour GROUP BY month
    ), level AS (
        SELECT name, place, mean / nullif(avg(mean) OVER (PARTITION BY name), 0) AS value, sample
        FROM shape WHERE mean IS NOT NULL
    ), weekday AS (
        SELECT sum(sample)::bigint AS hours,
               avg(value) FILTER (WHERE place BETWEEN 10 AND 14) AS midday,
               avg(value) FILTER (WHERE place BETWEEN 18 AND 21) AS evening
        FROM level WHERE name = 'ptf.hour.weekday' HAVING count(*) = 24
    )
    SELECT figure.* FROM total CROSS JOIN LATERAL (VALUES
        ('ptf.mean', NULL::integer, average, hours), ('usual.ptf.mean', NULL, usual, hours),
        ('ptf.min', NULL, least, hours), ('ptf.max', NULL, most, hours),
        ('ptf.cv', NULL, sd / mean, hours), ('ptf.cap_share', NULL, cap_share, cap_hours),
        ('ptf.near_zero_share', NULL, near_zero, hours), ('ptf.low_share', NULL, low, hours),
        ('ptf.sunday_over_weekday', NULL, sunday / nullif(weekday, 0), sunday_hours),
        ('ptf.acf_1', NULL, acf_1, hours), ('ptf.acf_24', NULL, acf_24, hours),
        ('ptf.acf_168', NULL, acf_168, hours), ('ptf.ramp_mean_abs', NULL, ramp / mean, hours),
        ('ptf.unchanged_share', NULL, unchanged, hours),
        ('ptf.corr_consumption', NULL, corr_consumption, hours),
        ('smf.share_above_ptf', NULL, above, gaps), ('smf.share_equal_ptf', NULL, equal, gaps),
        ('smf.share_below_ptf', NULL, below, gaps),
        ('smf.mean_over_ptf_mean', NULL, smf / mean, gaps),
        ('smf.diff_std', NULL, gap_sd / mean, gaps),
        ('smf.diff_mean_abs', NULL, gap_abs / mean, gaps),
        ('smf.diff_q05', NULL, gap_at[1] / mean, gaps),
        ('smf.diff_q25', NULL, gap_at[2] / mean, gaps),
        ('smf.diff_q75', NULL, gap_at[3] / mean, gaps),
        ('smf.diff_q95', NULL, gap_at[4] / mean, gaps),
        ('smf.direction_persistence', NULL, persistence, gaps),
        ('smf.diff_acf_1', NULL, gap_acf_1, gaps), ('smf.diff_acf_24', NULL, gap_acf_24, gaps),
        ('smf.corr_ptf', NULL, corr_ptf, gaps),
        ('smf.corr_load_surprise', NULL, corr_surprise, gaps),
        ('smf.near_zero_share', NULL, smf_near_zero, gaps),
        ('smf.cap_share', NULL, smf_cap_share, cap_hours), ('smf.min', NULL, smf_least, gaps)
    ) AS figure
    UNION ALL
    SELECT 'ptf.daily_spread', NULL, avg(spread) / min(mean), 24 * count(spread)
    FROM daily CROSS JOIN total
    UNION ALL
    SELECT 'ptf.quantile_over_mean', percent, quantile.value / mean, quantile.hours
    FROM quantile CROSS JOIN total
    UNION ALL
    SELECT 'ptf.q' || lpad(percent::text, 2, '0') || '_over_mean', NULL, quantile.value / mean,
           quantile.hours
    FROM quantile CROSS JOIN total
    UNION ALL
    SELECT figure.* FROM weekday CROSS JOIN LATERAL (VALUES
        ('ptf.weekday_midday_level', NULL::integer, midday, hours),
        ('ptf.weekday_evening_level', NULL, evening, hours)
    ) AS figure
    UNION ALL
    SELECT name, place, value, sample FROM level
$$;

-- Statistics of what the registered plants of each fuel generate together in [p_from, p_until),
-- planned, actual and settled, in the form of realism_consumption_v1. The plants' rows are read
-- once, and the rest works on a row a fuel and hour. PostgreSQL keeps no statistics of the
-- partitioned table as a whole, takes millions of rows for hundreds, and must be told to hash
-- them.
CREATE FUNCTION realism_generation_v1(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, place integer, value float8, sample bigint) LANGUAGE sql STABLE
SET enable_nestloop = off SET enable_mergejoin = off SET enable_sort = off SET jit = off
SET work_mem = '64MB' AS $$
    WITH fleet AS MATERIALIZED (
        SELECT plant.fuel_type, hour.ts, count(*) AS plants,
               sum(plant.installed_mw) AS capacity, sum(hour.actual_mwh) AS actual,
               sum(hour.planned_mwh) FILTER (WHERE hour.actual_mwh IS NOT NULL) AS planned,
               sum(hour.settlement_mwh) FILTER (WHERE hour.actual_mwh > 0) AS settled,
               count(hour.settlement_mwh) FILTER (WHERE hour.actual_mwh > 0) AS settlements,
               sum(hour.actual_mwh) FILTER (WHERE hour.settlement_mwh IS NOT NULL) AS metered,
               sum(hour.settlement_mwh / nullif(hour.actual_mwh, 0) - 1) AS meter,
               sum(power(hour.settlement_mwh / nullif(hour.actual_mwh, 0) - 1, 2)) AS meter_squared,
               -- Both are rounded to a kWh.
               count(*) FILTER (WHERE hour.settlement_mwh < 0
                   OR hour.actual_mwh = 0 AND hour.settlement_mwh > 0.001) AS impossible
        FROM transparency_hourlygeneration AS hour
        JOIN (
            SELECT id, fuel_type, installed_capacity_mw::float8 AS installed_mw
            FROM assets_powerplant
        ) AS plant ON plant.id = hour.plant_id
        WHERE hour.ts >= p_from AND hour.ts < p_until
        GROUP BY plant.fuel_type, hour.ts
    ), country AS MATERIALIZED (
        SELECT * FROM realism_hours_v1(p_from, p_until)
    ), usual AS (
        SELECT substr(figure.name, 10) AS fuel_type, month, hour - 1 AS local_hour,
               factor::float8 AS factor
        FROM simulation_calibration AS figure
        CROSS JOIN jsonb_array_elements(figure.value) WITH ORDINALITY AS row (factors, month)
        CROSS JOIN jsonb_array_elements_text(factors) WITH ORDINALITY AS cell (factor, hour)
        WHERE figure.name LIKE 'usual.cf.%'
    ), hour AS MATERIALIZED (
        SELECT fuel.fuel_type, country.*, fleet.plants AS present, fleet.actual, fleet.capacity,
               fleet.planned, lag(fleet.actual) OVER in_time AS hour_before,
               lag(fleet.actual, 24) OVER in_time AS day_before,
               CASE WHEN fleet.actual IS NOT NULL THEN usual.factor END AS usual
        FROM (SELECT DISTINCT fuel_type FROM fleet) AS fuel
        CROSS JOIN country
        LEFT JOIN fleet ON fleet.fuel_type = fuel.fuel_type AND fleet.ts = country.ts
        LEFT JOIN usual ON usual.fuel_type = fuel.fuel_type AND usual.month = country.month
                       AND usual.local_hour = country.local_hour
        WINDOW in_time AS (PARTITION BY fuel.fuel_type ORDER BY country.ts)
    ), size AS MATERIALIZED (
        SELECT fuel_type, max(present) AS plants, count(actual) AS hours,
               nullif(avg(actual), 0) AS mean,
               nullif(percentile_cont(0.999) WITHIN GROUP (ORDER BY actual), 0) AS top,
               regr_slope(actual, planned) AS plan_slope,
               regr_intercept(actual, planned) AS plan_base
        FROM hour GROUP BY fuel_type
    ), residual AS (
        -- What wind, sun and rivers leave of the demand, each fleet scaled to the nation's peak.
        SELECT hour.ts, min(hour.consumption)
               - sum(hour.actual / size.top * (peak.value #>> '{}')::float8) AS load
        FROM hour
        JOIN size USING (fuel_type)
        JOIN simulation_calibration AS peak ON peak.name = 'peak_mwh.' || fuel_type
        GROUP BY hour.ts HAVING count(hour.actual / size.top) = 3
    ), deviating AS (
        SELECT *, actual - (plan_base + plan_slope * planned) AS deviation
        FROM hour JOIN size USING (fuel_type)
    ), lagged AS (
        SELECT deviating.*, residual.load AS residual_load,
               lag(deviation) OVER (PARTITION BY fuel_type ORDER BY deviating.ts)
               AS deviation_before
        FROM deviating LEFT JOIN residual ON residual.ts = deviating.ts
    ), total AS (
        SELECT fuel_type, min(plants) AS plants, min(hours) AS hours, min(mean) AS mean,
               min(top) AS top, avg(actual / nullif(capacity, 0)) AS cf, avg(usual) AS usual,
               stddev_samp(actual) AS sd, corr(actual, hour_before) AS acf_1,
               corr(actual, day_before) AS acf_24,
               percentile_cont(0.99) WITHIN GROUP (ORDER BY abs(actual - hour_before)) AS ramp,
               corr(actual, consumption) AS corr_consumption, corr(actual, ptf) AS corr_ptf,
               corr(actual, residual_load) AS corr_residual_load,
               percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY actual) AS at,
               sum(actual) FILTER (WHERE local_hour >= 21 OR local_hour <= 4)
               / nullif(sum(actual), 0) AS night_share,
               avg((actual <= 0.01 * top)::integer) AS dark_share,
               count(*) FILTER (WHERE month = 6 AND actual > 0.02 * top) AS june_light,
               count(DISTINCT day) FILTER (WHERE month = 6 AND actual IS NOT NULL) AS june_days,
               count(*) FILTER (WHERE month = 12 AND actual > 0.02 * top) AS december_light,
               count(DISTINCT day) FILTER (WHERE month = 12 AND actual IS NOT NULL)
               AS december_days,
               avg(abs(deviation)) AS deviation, corr(deviation, deviation_before) AS deviation_acf,
               corr(planned, actual) AS corr_plan, count(deviation) AS plans
        FROM lagged GROUP BY fuel_type
    ), shape AS (
        SELECT 'gen.' || fuel_type || '.hour' AS name, local_hour AS place, avg(actual) AS mean,
               count(actual) AS sample
        FROM hour GROUP BY fuel_type, local_hour
        UNION ALL
        SELECT 'gen.' || fuel_type || '.month', month - 1, avg(actual), count(actual)
        FROM hour GROUP BY fuel_type, month
    ), level AS (
        SELECT name, place, mean / nullif(avg(mean) OVER (PARTITION BY name), 0) AS value, sample
        FROM shape WHERE mean IS NOT NULL
    ), settled AS (
        SELECT sum(settlements) AS hours, sum(settled) / nullif(sum(metered), 0) AS ratio,
               sqrt(sum(meter_squared) / nullif(sum(settlements), 0)
                    - power(sum(meter) / nullif(sum(settlements), 0), 2)) AS sd,
               sum(impossible) AS impossible
        FROM fleet
    )
    SELECT figure.name, NULL::integer, figure.value, figure.sample
    FROM total CROSS JOIN LATERAL (VALUES
        ('gen.' || fuel_type || '.plants', plants, hours),
        ('gen.' || fuel_type || '.cf', cf, hours),
        ('usual.gen.' || fuel_type || '.cf', usual, hours),
        ('gen.' || fuel_type || '.level_over_peak', mean / top, hours),
        ('gen.' || fuel_type || '.cv', sd / mean, hours),
        ('gen.' || fuel_type || '.acf_1', acf_1, hours),
        ('gen.' || fuel_type || '.acf_24', acf_24, hours),
        ('gen.' || fuel_type || '.ramp_p99_over_peak', ramp / top, hours),
        ('gen.' || fuel_type || '.corr_consumption', corr_consumption, hours),
        ('gen.' || fuel_type || '.corr_ptf', corr_ptf, hours),
        ('gen.' || fuel_type || '.corr_residual_load', corr_residual_load, hours),
        ('gen.' || fuel_type || '.q10_over_peak', at[1] / top, hours),
        ('gen.' || fuel_type || '.q50_over_peak', at[2] / top, hours),
        ('gen.' || fuel_type || '.q90_over_peak', at[3] / top, hours),
        ('gen.' || fuel_type || '.night_energy_share', night_share, hours),
        ('gen.' || fuel_type || '.dark_hours_share', dark_share, hours),
        ('gen.' || fuel_type || '.daylight_hours_june',
         CASE WHEN june_days >= 14 THEN june_light / june_days::float8 END, hours),
        ('gen.' || fuel_type || '.daylight_hours_december',
         CASE WHEN december_days >= 14 THEN december_light / december_days::float8 END, hours),
        ('plan.' || fuel_type || '.dev_mae_over_mean', deviation / mean, plans),
        ('plan.' || fuel_type || '.dev_acf_1', deviation_acf, plans),
        ('plan.' || fuel_type || '.corr', corr_plan, plans)
    ) AS figure (name, value, sample)
    UNION ALL
    SELECT name, place, value, sample FROM level
    UNION ALL
    SELECT name || '_range', NULL, max(value) - min(value), sum(sample)::bigint
    FROM level GROUP BY name HAVING count(value) = CASE WHEN name LIKE '%.month' THEN 12 ELSE 24 END
    UNION ALL
    SELECT 'gen.solar.peak_hour', NULL, (array_agg(place ORDER BY value DESC, place))[1],
           sum(sample)::bigint
    FROM level WHERE name = 'gen.solar.hour' HAVING count(value) = 24
    UNION ALL
    SELECT 'ptf.corr_residual_load', NULL, corr(country.ptf, residual.load),
           regr_count(country.ptf, residual.load)
    FROM country JOIN residual USING (ts)
    UNION ALL
    SELECT figure.name, NULL, figure.value, hours FROM settled CROSS JOIN LATERAL (VALUES
        ('settle.ratio', ratio), ('settle.std', sd), ('settle.impossible_hours', impossible)
    ) AS figure (name, value)
$$;

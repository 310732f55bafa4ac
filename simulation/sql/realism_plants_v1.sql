-- How single wind farms and run-of-river plants follow their plans in [p_from, p_until): the
-- average of each figure over the plants that have two weeks of hours, or all of a shorter span,
-- in the form of realism_consumption_v1. The settings are for the reason given in
-- realism_generation_v1.
CREATE FUNCTION realism_plants_v1(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, place integer, value float8, sample bigint) LANGUAGE sql STABLE
SET enable_nestloop = off SET jit = off SET work_mem = '64MB' AS $$
    WITH hour AS (
        SELECT plant.id, plant.fuel_type, plant.installed_mw, hour.planned_mwh AS planned,
               hour.actual_mwh AS actual, hour.actual_mwh - hour.planned_mwh AS deviation,
               lag(hour.actual_mwh) OVER in_time AS actual_before,
               lag(hour.actual_mwh - hour.planned_mwh) OVER in_time AS deviation_before
        FROM transparency_hourlygeneration AS hour
        JOIN (
            SELECT id, fuel_type, installed_capacity_mw::float8 AS installed_mw
            FROM assets_powerplant WHERE fuel_type IN ('wind', 'hydro_river')
        ) AS plant ON plant.id = hour.plant_id
        WHERE hour.ts >= p_from AND hour.ts < p_until
          AND hour.actual_mwh IS NOT NULL AND hour.planned_mwh IS NOT NULL
        WINDOW in_time AS (PARTITION BY hour.plant_id ORDER BY hour.ts)
    ), plant AS (
        SELECT min(fuel_type) AS fuel_type, count(*) AS hours,
               avg(abs(deviation)) / min(installed_mw) AS mae,
               stddev_samp(deviation) / min(installed_mw) AS sd,
               avg((deviation > 0)::integer) FILTER (WHERE actual > 0 OR planned > 0) AS above,
               corr(deviation, deviation_before) AS deviation_acf, corr(planned, actual) AS corr,
               avg(deviation) / min(installed_mw) AS bias, corr(actual, actual_before) AS acf,
               avg((actual <= 0.005 * installed_mw)::integer) AS zero
        FROM hour GROUP BY id
        HAVING count(*) >= least(336, extract(epoch FROM p_until - p_from) / 3600)
    ), mean AS (
        SELECT fuel_type, sum(hours)::bigint AS hours, avg(mae) AS mae, avg(sd) AS sd,
               avg(above) AS above, avg(deviation_acf) AS deviation_acf, avg(corr) AS corr,
               avg(bias) AS bias, avg(acf) AS acf, avg(zero) AS zero
        FROM plant GROUP BY fuel_type
    )
    SELECT 'plant.' || fuel_type || '.' || figure.name, NULL::integer, figure.value, hours
    FROM mean CROSS JOIN LATERAL (VALUES
        ('mae_over_capacity', mae), ('std_over_capacity', sd), ('share_above_plan', above),
        ('dev_acf_1', deviation_acf), ('corr', corr), ('bias_over_capacity', bias),
        ('output_acf_1', acf), ('zero_output_share', zero)
    ) AS figure (name, value)
$$;

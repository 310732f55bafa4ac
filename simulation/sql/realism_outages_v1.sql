-- Statistics of the outages that the engine invented with a start in [p_from, p_until), by fuel, in
-- the form of realism_consumption_v1; the sample counts outages. Where one yielded to a report it
-- stands as several events and counts once.
CREATE FUNCTION realism_outages_v1(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, place integer, value float8, sample bigint) LANGUAGE sql STABLE AS $$
    WITH outage AS (
        SELECT plant.fuel_type,
               extract(epoch FROM max(event.ends_at) - min(event.starts_at))::float8 / 3600
               AS hours,
               max(event.affected_mw) / min(plant.installed_capacity_mw) AS lost_share
        FROM incidents_plantevent AS event
        JOIN assets_powerplant AS plant ON plant.id = event.plant_id
        WHERE event.dismissed_at IS NULL AND event.ends_at IS NOT NULL
          AND event.invented_at >= p_from AND event.invented_at < p_until
        GROUP BY plant.fuel_type, event.plant_id, event.invented_at
    ), fleet AS (
        SELECT fuel_type, count(*) * extract(epoch FROM p_until - p_from)::float8 / 31557600
               AS plant_years
        FROM assets_powerplant GROUP BY fuel_type
    ), total AS (
        SELECT fuel_type, count(*) AS outages,
               percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY hours) AS hours_at,
               avg(hours) AS mean_hours, avg((hours < 6)::integer) AS under_6h,
               avg((lost_share > 0.95)::integer) AS full_loss
        FROM outage GROUP BY fuel_type
    )
    SELECT 'outage.' || fuel_type || '.' || figure.name, NULL::integer, figure.value, outages
    FROM total JOIN fleet USING (fuel_type)
    CROSS JOIN LATERAL (VALUES
        ('median_hours', hours_at[1]), ('mean_hours', mean_hours), ('p90_hours', hours_at[2]),
        ('share_under_6h', under_6h), ('full_loss_share', full_loss),
        ('per_plant_year', outages / plant_years)
    ) AS figure (name, value)
$$;

-- What plants could offer in each hour that has a published plan, MW: the installed capacity less
-- what failures and maintenance take that are known at p_at, by the share of the hour that they
-- cover. What the engine invents is known from its start on.
CREATE FUNCTION plant_availability_v3(
    p_from timestamptz, p_until timestamptz, p_at timestamptz
) RETURNS TABLE (plant_id bigint, ts timestamptz, available_mw float8)
LANGUAGE sql STABLE AS $$
    WITH span AS (
        SELECT least(p_until, turkish_midnight_v1(p_at, 2)) AS until
    ), lost AS (
        SELECT event.plant_id, hour.ts,
               sum(event.affected_mw * extract(epoch FROM
                   least(hour.ts + interval '1 hour', event.ends_at)
                   - greatest(hour.ts, event.starts_at)) / 3600) AS mw
        FROM span
        JOIN incidents_plantevent AS event
          ON event.dismissed_at IS NULL AND event.starts_at < span.until
         AND (event.ends_at IS NULL OR event.ends_at > p_from)
         AND (event.invented_at IS NULL OR event.reported_at <= p_at)
        CROSS JOIN LATERAL generate_series(
            date_trunc('hour', greatest(event.starts_at, p_from)),
            least(event.ends_at, span.until) - interval '1 microsecond', interval '1 hour'
        ) AS hour (ts)
        GROUP BY event.plant_id, hour.ts
    )
    SELECT hour.plant_id, hour.ts,
           greatest(plant.installed_capacity_mw - coalesce(lost.mw, 0), 0)::float8
    FROM published_generation_v2(p_from, p_until, p_at) AS hour
    JOIN assets_powerplant AS plant ON plant.id = hour.plant_id
    LEFT JOIN lost ON lost.plant_id = hour.plant_id AND lost.ts = hour.ts
    WHERE hour.planned_mwh IS NOT NULL
$$;

-- The share of its capacity that a plant's events take in each hour of [p_from, p_until), as it
-- happened and as the plan of that hour's Turkish day could know it.
CREATE FUNCTION sim_outage_hours_v1(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz
) RETURNS TABLE (plant_id bigint, ts timestamptz, lost_share float8, planned_lost_share float8)
LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT event.plant_id, event.affected_mw, event.starts_at, event.ends_at, false AS is_plan,
               NULL::timestamptz AS recorded_at, NULL::timestamptz AS superseded_at
        FROM incidents_plantevent AS event
        WHERE event.dismissed_at IS NULL AND event.period && tstzrange(p_from, p_until)
          AND event.plant_id = ANY (p_plant_ids)
        UNION ALL
        SELECT event.plant_id, version.affected_mw, version.starts_at, version.ends_at, true,
               version.recorded_at, version.superseded_at
        FROM incidents_plantevent AS event
        JOIN incidents_eventversion AS version ON version.event_id = event.id
        WHERE version.event_type = 'maintenance' AND version.dismissed_at IS NULL
          AND version.starts_at < p_until AND coalesce(version.ends_at, p_until) > p_from
          AND event.plant_id = ANY (p_plant_ids)
    ), hourly AS (
        SELECT known.plant_id, hour.ts, known.is_plan, known.affected_mw * extract(epoch FROM
                   least(known.ends_at, hour.ts + interval '1 hour')
                   - greatest(known.starts_at, hour.ts)) / 3600 AS lost_mwh
        FROM known
        CROSS JOIN LATERAL generate_series(
            greatest(p_from, date_trunc('hour', known.starts_at)),
            least(p_until, known.ends_at) - interval '1 microsecond', interval '1 hour'
        ) AS hour (ts)
        WHERE NOT known.is_plan
           OR (known.recorded_at < turkish_midnight_v1(hour.ts, 0)
               AND coalesce(known.superseded_at >= turkish_midnight_v1(hour.ts, 0), true))
    )
    SELECT hourly.plant_id, hourly.ts,
           least(coalesce(sum(lost_mwh) FILTER (WHERE NOT is_plan), 0)
                 / plant.installed_capacity_mw, 1)::float8,
           least(coalesce(sum(lost_mwh) FILTER (WHERE is_plan), 0)
                 / plant.installed_capacity_mw, 1)::float8
    FROM hourly
    JOIN assets_powerplant AS plant ON plant.id = hourly.plant_id
    GROUP BY hourly.plant_id, hourly.ts, plant.installed_capacity_mw
$$;

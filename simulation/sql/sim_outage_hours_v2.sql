-- The share of its capacity that a plant's events take in each hour of [p_from, p_until), as it
-- happened and as the plan of that hour's Turkish day could know it. Of what people report a plan
-- knows the version of that midnight. Of what the engine invents it knows the outage as it was
-- drawn, whatever reports made of it since, until a person took it over.
CREATE FUNCTION sim_outage_hours_v2(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (plant_id bigint, ts timestamptz, lost_share float8, planned_lost_share float8)
LANGUAGE plpgsql STABLE SET enable_nestloop = on SET enable_mergejoin = on AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH concerned AS MATERIALIZED (
        -- Plants that may have an invented maintenance in a plan: they have an event of it, or
        -- reports that left it no room.
        SELECT plant_id FROM incidents_plantevent
        WHERE event_type = 'maintenance' AND invented_at < p_until
          AND invented_at > p_from - (SELECT max(look_back_days) FROM sim_outage_kinds_v1())
                                     * interval '1 day'
          AND plant_id = ANY (p_plant_ids)
        UNION
        SELECT plant_id FROM incidents_plantevent
        WHERE (invented_at IS NULL OR changed_by_id IS NOT NULL)
          AND period && tstzrange(p_from, p_until)
          AND plant_id = ANY (p_plant_ids)
    ), known AS (
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
          AND (event.invented_at IS NULL OR version.recorded_by_id IS NOT NULL)
        UNION ALL
        SELECT drawn.plant_id, drawn.affected_mw, drawn.starts_at, drawn.ends_at, true,
               drawn.starts_at, (
                   SELECT min(version.recorded_at)
                   FROM incidents_plantevent AS event
                   JOIN incidents_eventversion AS version ON version.event_id = event.id
                   WHERE event.plant_id = drawn.plant_id AND event.invented_at = drawn.starts_at
                     AND version.recorded_by_id IS NOT NULL
               )
        FROM sim_outage_episodes_v1(
            ARRAY(SELECT plant_id FROM concerned), p_from, p_until, p_seed) AS drawn
        JOIN assets_powerplant AS plant ON plant.id = drawn.plant_id
        JOIN assets_organization AS organization ON organization.id = plant.organization_id
        WHERE drawn.event_type = 'maintenance'
          AND (organization.invents_outages OR EXISTS (
              SELECT FROM incidents_plantevent AS event
              WHERE event.plant_id = drawn.plant_id AND event.invented_at = drawn.starts_at
                AND (event.dismissed_at IS NULL OR event.dismissed_at >= event.invented_at)
          ))
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
    GROUP BY hourly.plant_id, hourly.ts, plant.installed_capacity_mw;
END;
$$;

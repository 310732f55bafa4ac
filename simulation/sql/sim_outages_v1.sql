-- What the engine's outages of plants come to beside what people report: for each outage that
-- shares an instant with [p_from, p_until), as far as hours are simulated, the spans in which it
-- takes the same MW. It takes what reports leave; from where a person took it over, nothing.
CREATE FUNCTION sim_outages_v1(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (
    plant_id bigint, invented_at timestamptz, event_type text, reason text, affected_mw numeric,
    starts_at timestamptz, ends_at timestamptz
) LANGUAGE plpgsql STABLE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH episode AS MATERIALIZED (
        SELECT episode.plant_id, episode.event_type, episode.reason, episode.affected_mw,
               episode.starts_at AS invented_at,
               least(episode.ends_at, taken_over.since) AS ends_at, plant.installed_capacity_mw
        FROM sim_outage_episodes_v1(
            p_plant_ids, p_from,
            least(p_until, greatest(
                (SELECT max(ts) + interval '1 hour' FROM simulation_hourstate
                 WHERE actual_drivers IS NOT NULL),
                (SELECT max(event.invented_at) + interval '1 minute'
                 FROM incidents_plantevent AS event
                 WHERE event.plant_id = ANY (p_plant_ids) AND event.dismissed_at IS NULL)
            )),
            p_seed
        ) AS episode
        JOIN assets_powerplant AS plant ON plant.id = episode.plant_id
        JOIN assets_organization AS organization ON organization.id = plant.organization_id
        LEFT JOIN LATERAL (
            SELECT min(version.starts_at) AS since
            FROM incidents_plantevent AS event
            JOIN incidents_eventversion AS version ON version.event_id = event.id
            WHERE event.plant_id = episode.plant_id AND event.invented_at = episode.starts_at
              AND event.changed_by_id IS NOT NULL
        ) AS taken_over ON true
        WHERE (taken_over.since > episode.starts_at) IS NOT FALSE
          AND (
              EXISTS (
                  SELECT FROM incidents_plantevent AS event
                  WHERE event.plant_id = episode.plant_id
                    AND event.invented_at = episode.starts_at AND event.dismissed_at IS NULL
              ) OR organization.invents_outages AND EXISTS (
                  SELECT FROM simulation_hourstate
                  WHERE ts > episode.starts_at - interval '1 hour' AND ts < episode.ends_at
                    AND actual_drivers IS NOT NULL
              )
          )
    ), report AS MATERIALIZED (
        SELECT episode.plant_id, episode.invented_at, event.affected_mw,
               event.period * tstzrange(episode.invented_at, episode.ends_at) AS period
        FROM episode
        JOIN incidents_plantevent AS event
          ON event.plant_id = episode.plant_id
         AND event.period && tstzrange(episode.invented_at, episode.ends_at)
        WHERE event.dismissed_at IS NULL
          AND (event.invented_at IS NULL OR event.changed_by_id IS NOT NULL)
    ), edge AS (
        SELECT plant_id, invented_at, invented_at AS at FROM episode
        UNION SELECT plant_id, invented_at, lower(period) FROM report
        UNION SELECT plant_id, invented_at, upper(period) FROM report
    ), segment AS (
        SELECT episode.*, edge.at, least(episode.affected_mw,
                   episode.installed_capacity_mw - coalesce(reported.mw, 0)) AS left_mw
        FROM edge
        JOIN episode USING (plant_id, invented_at)
        CROSS JOIN LATERAL (
            SELECT sum(affected_mw) AS mw FROM report
            WHERE report.plant_id = edge.plant_id AND report.invented_at = edge.invented_at
              AND report.period @> edge.at
        ) AS reported
        WHERE edge.at < episode.ends_at
    ), piece AS (
        SELECT *, lead(at, 1, ends_at) OVER of_one AS until_at
        FROM (
            SELECT *, lag(left_mw) OVER of_one IS DISTINCT FROM left_mw AS is_step
            FROM segment
            WINDOW of_one AS (PARTITION BY plant_id, invented_at ORDER BY at)
        ) AS step
        WHERE is_step
        WINDOW of_one AS (PARTITION BY plant_id, invented_at ORDER BY at)
    )
    SELECT plant_id, invented_at, event_type, reason, left_mw, at, until_at
    FROM piece
    WHERE left_mw > 0;
END;
$$;

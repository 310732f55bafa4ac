-- The most MW that a plant's standing events, but for one, take at any instant of a period. What
-- the engine invented and nobody took over counts on demand only, since it yields to reports.
-- The sum can only rise where an event starts, so it is looked at there and at the period's start.
CREATE FUNCTION incidents_busy_mw_v2(
    p_plant_id bigint, p_period tstzrange, p_except_id bigint, p_with_invented boolean DEFAULT false
) RETURNS numeric LANGUAGE sql STABLE AS $$
    WITH rival AS (
        SELECT period, affected_mw
        FROM incidents_plantevent
        WHERE plant_id = p_plant_id
          AND period && p_period
          AND dismissed_at IS NULL
          AND id IS DISTINCT FROM p_except_id
          AND (p_with_invented OR invented_at IS NULL OR changed_by_id IS NOT NULL)
    ), edge (at) AS (
        SELECT lower(p_period * period) FROM rival
    )
    SELECT coalesce(max(busy.mw), 0)
    FROM edge
    CROSS JOIN LATERAL (
        SELECT sum(affected_mw) AS mw FROM rival WHERE rival.period @> edge.at
    ) AS busy
$$;

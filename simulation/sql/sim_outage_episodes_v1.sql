-- The outages that plants have by themselves: those that start before p_until and end after p_from.
-- A function of seed, EIC, fuel and capacity only. Each UTC day of a plant draws one at random; one
-- that begins while an earlier one lasts does not come, and to know that a day looks back twice the
-- longest. Maintenance begins with the Turkish day, which is when the first plan that contains it
-- shows: so no plan tells of one that has not begun.
CREATE FUNCTION sim_outage_episodes_v1(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (
    plant_id bigint, event_type text, reason text, affected_mw numeric, starts_at timestamptz,
    ends_at timestamptz
) LANGUAGE plpgsql STABLE ROWS 100 SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    v_seed bigint := hashtextextended('outage', p_seed);
    v_least float8 := sim_number_v1('outage.partial_limits', '0');
    v_most float8 := sim_number_v1('outage.partial_limits', '1');
    v_first bigint := floor(extract(epoch FROM p_from) / 86400);
    v_last bigint := ceil(extract(epoch FROM p_until) / 86400) - 1;
BEGIN
    RETURN QUERY
    WITH kind AS MATERIALIZED (
        SELECT * FROM sim_outage_kinds_v1()
    ), drawn AS MATERIALIZED (
        -- The days, counted from 1970, that draw an outage. This is looked at for every plant and
        -- many days, so it carries nothing else.
        SELECT id, day, hash
        FROM (
            SELECT plant.id, plant.drawn_below, day, hashint8extended(day, plant.key) AS hash
            FROM (
                SELECT id, kind.drawn_below, v_first - kind.look_back_days AS first_day,
                       hashtextextended(eic, v_seed) AS key
                FROM assets_powerplant JOIN kind USING (fuel_type)
                WHERE id = ANY (p_plant_ids)
                OFFSET 0
            ) AS plant
            CROSS JOIN LATERAL generate_series(first_day, v_last) AS day
            OFFSET 0
        ) AS draw
        WHERE hash < drawn_below
    ), shaped AS MATERIALIZED (
        SELECT plant.id, plant.installed_capacity_mw AS mw, is_maintenance,
               CASE WHEN is_maintenance THEN maintenance_reasons ELSE failure_reasons END
               AS reasons, cause,
               CASE WHEN is_maintenance
                    THEN turkish_midnight_v1(to_timestamp(day * 86400 + 82800), 0)
                    ELSE to_timestamp(day * 86400 + (hash & 65535) * 1440 / 65536 * 60) END
               AS starts_at,
               round(60 * exp(sim_interpolate_v1(sim_uniform_v1(shape), ranks, log_hours)))
               * interval '1 minute' AS lasts,
               -- A power of a uniform number has the mean that is wanted.
               CASE WHEN (shape & 65535) < 65536 * full_share
                    THEN plant.installed_capacity_mw::float8
                    ELSE greatest(v_least, v_most * power(((cause & 65535) + 1) / 65536::float8,
                                                          (v_most - partial_mean) / partial_mean))
                         * least(unit_mw, plant.installed_capacity_mw::float8) END AS lost_mw
        FROM drawn
        JOIN assets_powerplant AS plant USING (id)
        JOIN kind USING (fuel_type)
        CROSS JOIN LATERAL (
            SELECT hashint8extended(1, hash) AS shape, hashint8extended(2, hash) AS cause
            OFFSET 0
        ) AS further
        CROSS JOIN LATERAL (
            SELECT sim_uniform_v1(cause) < maintenance_share AS is_maintenance
        ) AS kindred
    ), placed AS (
        SELECT *, starts_at + lasts AS ends_at, max(starts_at + lasts) OVER (
                   PARTITION BY id ORDER BY starts_at
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier_until
        FROM shaped
    )
    SELECT id, CASE WHEN is_maintenance THEN 'maintenance' ELSE 'failure' END,
           reasons[1 + ((cause >> 16) & 65535) % cardinality(reasons)],
           -- As people report it: whole MW of large plants, kW of small ones.
           CASE WHEN lost_mw >= mw THEN mw
                WHEN lost_mw >= 10 THEN round(lost_mw::numeric)
                ELSE round(lost_mw::numeric, 1 + (lost_mw < 1)::integer) END,
           starts_at, ends_at
    FROM placed
    WHERE starts_at < p_until AND ends_at > p_from
      AND (earlier_until IS NULL OR earlier_until <= starts_at);
END;
$$;

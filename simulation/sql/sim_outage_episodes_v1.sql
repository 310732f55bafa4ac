-- The outages that plants have by themselves: those that start before p_until and end after p_from.
-- A function of seed, EIC, fuel and capacity only. Each UTC day of a plant draws one at random; one
-- that begins while an earlier one lasts does not come. Maintenance begins with the Turkish day,
-- which is when the first plan that contains it shows: so no plan tells of one that has not begun.
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
        SELECT *, ceil(256 * daily_share)::bigint AS byte_below FROM sim_outage_kinds_v1()
    ), watched AS MATERIALIZED (
        -- Spans of eight days, counted from 1970, with the least rank of a duration that reaches.
        SELECT fuel_type, daily_share, byte_below, octave,
               CASE WHEN v_first > octave * 8 + 8
                    THEN sim_interpolate_v1(ln((v_first - octave * 8 - 8) * 24), log_hours, ranks)
                    ELSE 0 END AS least_rank
        FROM kind
        CROSS JOIN LATERAL generate_series((v_first - look_back_days) / 8, v_last / 8) AS octave
    ), likely AS MATERIALIZED (
        -- One hash has a byte for each day of a span: most days draw nothing, and this is where
        -- they end. It is looked at for every plant and many days, so it carries nothing else.
        SELECT id, key, daily_share, byte_below, octave, least_rank, bytes
        FROM (
            SELECT plant.id, plant.key, watched.*, hashint8extended(octave, plant.key) AS bytes
            FROM (
                SELECT id, fuel_type, hashtextextended(eic, v_seed) AS key
                FROM assets_powerplant JOIN unnest(p_plant_ids) AS wanted (id) USING (id)
                OFFSET 0
            ) AS plant
            JOIN watched ON watched.fuel_type = plant.fuel_type
            OFFSET 0
        ) AS span
        WHERE (bytes & 255) < byte_below OR ((bytes >> 8) & 255) < byte_below
           OR ((bytes >> 16) & 255) < byte_below OR ((bytes >> 24) & 255) < byte_below
           OR ((bytes >> 32) & 255) < byte_below OR ((bytes >> 40) & 255) < byte_below
           OR ((bytes >> 48) & 255) < byte_below OR ((bytes >> 56) & 255) < byte_below
    ), drawn AS MATERIALIZED (
        -- The days that draw an outage which may reach. Where the byte says yes, a hash of the day
        -- that is scaled to what the byte left open says it finally.
        SELECT id, key, day, hash
        FROM likely
        CROSS JOIN generate_series(0, 7) AS place
        CROSS JOIN LATERAL (
            SELECT octave * 8 + place AS day, hashint8extended(octave * 8 + place, key) AS hash
            OFFSET 0
        ) AS daily
        WHERE ((bytes >> (8 * place)) & 255) < byte_below AND day <= v_last
          AND sim_uniform_v1(hash) < daily_share * 256 / byte_below
          AND sim_uniform_v1(hashint8extended(1, hash)) >= least_rank
    ), reaching AS MATERIALIZED (
        SELECT drawn.*, plant.installed_capacity_mw AS mw, kind.*, span.*,
               hashint8extended(1, hash) AS shape, hashint8extended(2, hash) AS cause
        FROM drawn
        JOIN assets_powerplant AS plant USING (id)
        JOIN kind USING (fuel_type)
        CROSS JOIN LATERAL sim_outage_span_v1(day, hash, maintenance_share, ranks, log_hours)
            AS span
        WHERE starts_at < p_until AND ends_at > p_from
    ), shaped AS (
        -- Those that no earlier one keeps from coming, with what each takes of its plant.
        SELECT id, mw, starts_at, ends_at, is_maintenance, cause,
               CASE WHEN is_maintenance THEN maintenance_reasons ELSE failure_reasons END AS reasons,
               -- A power of a uniform number has the mean that is wanted.
               CASE WHEN (shape & 65535) < 65536 * full_share THEN mw::float8
                    ELSE greatest(v_least, v_most * power(((cause & 65535) + 1) / 65536::float8,
                                                          (v_most - partial_mean) / partial_mean))
                         * least(unit_mw, mw::float8) END AS lost_mw
        FROM reaching
        WHERE NOT EXISTS (
            SELECT
            FROM generate_series((day - look_back_days) / 8, day / 8) AS octave
            CROSS JOIN LATERAL (SELECT hashint8extended(octave, key) AS bytes OFFSET 0) AS span
            CROSS JOIN generate_series(0, 7) AS place
            CROSS JOIN LATERAL (
                SELECT octave * 8 + place AS earlier,
                       hashint8extended(octave * 8 + place, key) AS earlier_hash
                WHERE ((bytes >> (8 * place)) & 255) < byte_below
                OFFSET 0
            ) AS daily
            CROSS JOIN LATERAL sim_outage_span_v1(
                earlier, earlier_hash, maintenance_share, ranks, log_hours) AS former
            WHERE sim_uniform_v1(earlier_hash) < daily_share * 256 / byte_below
              AND former.starts_at < reaching.starts_at AND former.ends_at > reaching.starts_at
        )
    )
    SELECT id, CASE WHEN is_maintenance THEN 'maintenance' ELSE 'failure' END,
           reasons[1 + ((cause >> 16) & 65535) % cardinality(reasons)],
           -- As people report it: whole MW of large plants, kW of small ones.
           CASE WHEN lost_mw >= mw THEN mw
                WHEN lost_mw >= 10 THEN round(lost_mw::numeric)
                ELSE round(lost_mw::numeric, 1 + (lost_mw < 1)::integer) END,
           starts_at, ends_at
    FROM shaped;
END;
$$;

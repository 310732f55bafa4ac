-- What the outage that a plant draws on a day, counted from 1970, is and when: a failure begins at
-- any minute of the UTC day, maintenance with the Turkish day that begins in it.
CREATE FUNCTION sim_outage_span_v1(
    p_day bigint, p_hash bigint, p_maintenance_share float8, p_ranks float8[], p_log_hours float8[]
) RETURNS TABLE (is_maintenance boolean, starts_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT kindred.is_maintenance, begun.at,
           begun.at + round(60 * exp(sim_interpolate_v1(
               sim_uniform_v1(hashint8extended(1, p_hash)), p_ranks, p_log_hours
           ))) * interval '1 minute'
    FROM (
        SELECT sim_uniform_v1(hashint8extended(2, p_hash)) < p_maintenance_share AS is_maintenance
    ) AS kindred
    CROSS JOIN LATERAL (
        SELECT CASE WHEN kindred.is_maintenance
                    THEN turkish_midnight_v1(to_timestamp(p_day * 86400 + 82800), 0)
                    ELSE to_timestamp(p_day * 86400 + (p_hash & 65535) * 1440 / 65536 * 60)
               END AS at
        OFFSET 0
    ) AS begun
$$;

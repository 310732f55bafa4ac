-- What of generation can be seen at p_at: the plan up to the end of tomorrow, the actual when its
-- hour has ended, the settlement when the Turkish day of its hour has.
CREATE FUNCTION published_generation_v2(
    p_from timestamptz, p_until timestamptz, p_at timestamptz
) RETURNS TABLE (
    plant_id bigint, ts timestamptz, planned_mwh float8, actual_mwh float8, settlement_mwh float8
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT plant_id, ts, planned_mwh,
           CASE WHEN ts <= p_at - interval '1 hour' THEN actual_mwh END,
           CASE WHEN ts < turkish_midnight_v1(p_at, 0) THEN settlement_mwh END
    FROM transparency_hourlygeneration
    WHERE ts >= p_from AND ts < p_until AND ts < turkish_midnight_v1(p_at, 2)
      AND (planned_mwh IS NOT NULL
           OR (actual_mwh IS NOT NULL AND ts <= p_at - interval '1 hour'))
$$;

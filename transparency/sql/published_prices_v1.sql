-- What of the prices can be seen at p_at: PTF up to the end of tomorrow, SMF 4 h after its hour.
CREATE FUNCTION published_prices_v1(
    p_from timestamptz, p_until timestamptz, p_at timestamptz
) RETURNS TABLE (ts timestamptz, ptf numeric, smf numeric) LANGUAGE sql STABLE AS $$
    SELECT ts, ptf, CASE WHEN ts + interval '5 hours' <= p_at THEN smf END
    FROM transparency_hourlyprice
    WHERE ts >= p_from AND ts < p_until AND ts < turkish_midnight_v1(p_at, 2)
      AND (ptf IS NOT NULL OR (smf IS NOT NULL AND ts + interval '5 hours' <= p_at))
$$;

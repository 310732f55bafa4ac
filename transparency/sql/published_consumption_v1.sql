-- What of consumption can be seen at p_at: the forecast up to the end of tomorrow, the actual 2 h
-- after its hour.
CREATE FUNCTION published_consumption_v1(
    p_from timestamptz, p_until timestamptz, p_at timestamptz
) RETURNS TABLE (ts timestamptz, actual_mwh float8, forecast_mwh float8)
LANGUAGE sql STABLE AS $$
    SELECT ts, CASE WHEN ts + interval '3 hours' <= p_at THEN actual_mwh END, forecast_mwh
    FROM transparency_hourlyconsumption
    WHERE ts >= p_from AND ts < p_until AND ts < turkish_midnight_v1(p_at, 2)
      AND (forecast_mwh IS NOT NULL
           OR (actual_mwh IS NOT NULL AND ts + interval '3 hours' <= p_at))
$$;

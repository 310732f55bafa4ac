-- The highest price of the day-ahead market in the hour from p_ts, TL/MWh; NULL before 2025-04-05.
-- From 2026 on, imbalance prices are higher in hours that reach it.
CREATE FUNCTION price_ceiling_v1(p_ts timestamptz)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_ts >= timestamptz '2026-04-04 00:00+03' THEN 4500
                WHEN p_ts >= timestamptz '2025-04-05 00:00+03' THEN 3400 END
$$;

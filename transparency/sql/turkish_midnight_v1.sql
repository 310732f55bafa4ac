-- The first instant of the Turkish day that contains p_at, p_days later.
CREATE FUNCTION turkish_midnight_v1(p_at timestamptz, p_days integer)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (date_trunc('day', p_at AT TIME ZONE 'Europe/Istanbul') + make_interval(days => p_days))
           AT TIME ZONE 'Europe/Istanbul'
$$;

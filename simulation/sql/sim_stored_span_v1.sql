-- The span [from_ts, until_ts) of the hours that are simulated; no row when there are none.
CREATE FUNCTION sim_stored_span_v1(OUT from_ts timestamptz, OUT until_ts timestamptz)
RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT min(ts), max(ts) + interval '1 hour'
    FROM simulation_hourstate
    HAVING min(ts) IS NOT NULL
$$;

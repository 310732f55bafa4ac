-- Every hour of [p_from, p_until) at its place in the Turkish calendar, with the country's
-- simulated values. What is not stored, or was imported, is NULL; no hour is left out, so that a
-- value's neighbours in time are those of its row. `rest` is a religious feast, its eve or a fixed
-- holiday.
CREATE FUNCTION realism_hours_v1(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (
    ts timestamptz, day date, local_hour integer, month integer, day_type text, rest text,
    consumption float8, forecast float8, ptf float8, smf float8
) LANGUAGE sql STABLE AS $$
    WITH religious AS (
        SELECT (row ->> 0)::date AS day, row ->> 1 AS kind
        FROM simulation_parameter, jsonb_array_elements(value) AS row
        WHERE name = 'calendar.religious_days'
    )
    SELECT hour.ts, local.day, local.hour, extract(month FROM local.day)::integer,
           CASE extract(isodow FROM local.day) WHEN 6 THEN 'saturday' WHEN 7 THEN 'sunday'
                                               ELSE 'weekday' END,
           CASE WHEN religious.kind LIKE '%eve' THEN 'eve'
                WHEN religious.kind IS NOT NULL THEN 'feast'
                -- The half holiday of 28 October counts as a working day.
                WHEN fixed.value ->> to_char(local.day, 'MM-DD') NOT LIKE '%eve' THEN 'fixed' END,
           CASE WHEN load.actual_mwh > 0 THEN load.actual_mwh END, load.forecast_mwh,
           price.ptf::float8, price.smf::float8
    FROM generate_series(p_from, p_until - interval '1 hour', interval '1 hour') AS hour (ts)
    CROSS JOIN LATERAL (
        SELECT (hour.ts AT TIME ZONE 'Europe/Istanbul')::date AS day,
               extract(hour FROM hour.ts AT TIME ZONE 'Europe/Istanbul')::integer AS hour
    ) AS local
    CROSS JOIN simulation_parameter AS fixed
    LEFT JOIN religious ON religious.day = local.day
    LEFT JOIN transparency_hourlyconsumption AS load ON load.ts = hour.ts AND NOT load.imported
    LEFT JOIN transparency_hourlyprice AS price ON price.ts = hour.ts AND NOT price.imported
    WHERE fixed.name = 'calendar.fixed_days'
    ORDER BY hour.ts
$$;

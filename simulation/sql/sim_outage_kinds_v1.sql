-- How often plants of each fuel fail, how long and how much of them, a row a fuel. `daily_share` is
-- the share of days that draw an outage: of those that fall into an earlier one nothing comes, so
-- more are drawn than `per_year` asks. `look_back_days` is how long the longest lasts.
CREATE FUNCTION sim_outage_kinds_v1()
RETURNS TABLE (
    fuel_type text, daily_share float8, look_back_days bigint, ranks float8[], log_hours float8[],
    unit_mw float8, full_share float8, partial_mean float8, maintenance_share float8,
    failure_reasons text[], maintenance_reasons text[]
) LANGUAGE sql STABLE AS $$
    SELECT kind.fuel_type,
           1 - exp(-per_year * exp(per_year * mean_hours / 8766) / 365.25),
           ceil(hours[cardinality(hours)] / 24)::bigint + 1, ranks,
           ARRAY(SELECT ln(hour) FROM unnest(hours) WITH ORDINALITY AS listed (hour, place)
                 ORDER BY place), unit_mw, full_share,
           partial_mean, maintenance_share,
           ARRAY(SELECT jsonb_array_elements_text(reasons.value #> ARRAY[kind.fuel_type, 'failure'])),
           ARRAY(SELECT jsonb_array_elements_text(
               reasons.value #> ARRAY[kind.fuel_type, 'maintenance']))
    FROM (
        SELECT named.key AS fuel_type, (named.value ->> 'per_year')::float8 AS per_year,
               sim_floats_v1(named.value #> '{hours,0}') AS ranks,
               sim_floats_v1(named.value #> '{hours,1}') AS hours,
               (named.value ->> 'unit_mw')::float8 AS unit_mw,
               (named.value ->> 'full')::float8 AS full_share,
               (named.value ->> 'partial_mean')::float8 AS partial_mean,
               (named.value ->> 'maintenance')::float8 AS maintenance_share
        FROM simulation_parameter, jsonb_each(value) AS named
        WHERE name = 'outage'
        OFFSET 0
    ) AS kind
    JOIN simulation_parameter AS reasons ON reasons.name = 'outage.reasons'
    CROSS JOIN LATERAL (
        -- Durations lie along the logarithm between two ranks.
        SELECT sum((ranks[place + 1] - ranks[place]) * (hours[place + 1] - hours[place])
                   / ln(hours[place + 1] / hours[place])) AS mean_hours
        FROM generate_series(1, cardinality(ranks) - 1) AS place
    ) AS mean
$$;

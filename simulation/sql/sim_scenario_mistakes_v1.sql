-- What is wrong with a scenario, a sentence a mistake with its place; no row for a good one. Good is
-- {}, which is none, or {"name", "seed", "shocks": [{"kind", "from", "to", "strength"}]}, where the
-- seed and each strength may be left out. Shocks last from 00:00 of the Turkish day `from` to the
-- end of `to`. A strength of up to 2 leaves something of what every kind takes.
CREATE FUNCTION sim_scenario_mistakes_v1(p_scenario jsonb)
RETURNS TABLE (mistake text) LANGUAGE sql STABLE AS $$
    WITH shock AS MATERIALIZED (
        SELECT number, fields, jsonb_typeof(fields) = 'object' AS is_object,
               'shock ' || number || ': ' AS place,
               sim_calendar_day_v1(fields ->> 'from') AS first_day,
               sim_calendar_day_v1(fields ->> 'to') AS last_day
        FROM jsonb_array_elements(
            CASE jsonb_typeof(p_scenario -> 'shocks') WHEN 'array' THEN p_scenario -> 'shocks'
                                                      ELSE '[]' END
        ) WITH ORDINALITY AS listed (fields, number)
    ), field AS (
        -- Every key that is there, and the required ones that are not.
        SELECT number, place, key, coalesce(fields -> key, 'null') AS value,
               coalesce(left((fields -> key)::text, 60), 'nothing') AS shown
        FROM shock
        CROSS JOIN LATERAL (
            SELECT unnest(ARRAY['kind', 'from', 'to']) AS key
            UNION SELECT jsonb_object_keys(fields)
        ) AS named
        WHERE is_object
    ), mistakes (number, line, mistake) AS (
        SELECT 0, 1, 'a scenario is an object with "name", "seed" and "shocks"'
        WHERE jsonb_typeof(p_scenario) IS DISTINCT FROM 'object'
        UNION ALL
        SELECT 0, 2, format('the key %s is unknown; known are name, seed, shocks',
                            to_jsonb(left(key, 60)))
        FROM jsonb_object_keys(CASE jsonb_typeof(p_scenario) WHEN 'object' THEN p_scenario
                                                             ELSE '{}' END) AS key
        WHERE key NOT IN ('name', 'seed', 'shocks')
        UNION ALL
        SELECT 0, 3, 'name: a text of 1 to 60 characters is needed'
        WHERE jsonb_typeof(p_scenario) = 'object' AND p_scenario <> '{}'
          AND (jsonb_typeof(p_scenario -> 'name') IS DISTINCT FROM 'string'
               OR p_scenario ->> 'name' !~ '^[^[:cntrl:]]{1,60}$'
               OR p_scenario ->> 'name' ~ '^\s|\s$')
        UNION ALL
        SELECT 0, 4, format('seed: %s is not a whole number of 64 bits',
                            left((p_scenario -> 'seed')::text, 60))
        WHERE p_scenario ? 'seed' AND jsonb_typeof(p_scenario) = 'object'
          AND NOT CASE WHEN jsonb_typeof(p_scenario -> 'seed') = 'number'
                            AND p_scenario ->> 'seed' ~ '^-?[0-9]{1,19}$'
                       THEN (p_scenario ->> 'seed')::numeric
                            BETWEEN -9223372036854775808 AND 9223372036854775807
                       ELSE false END
        UNION ALL
        SELECT 0, 5, 'shocks: a list of at most 50 is needed'
        WHERE jsonb_typeof(p_scenario) = 'object' AND p_scenario <> '{}'
          AND (jsonb_typeof(p_scenario -> 'shocks') IS DISTINCT FROM 'array'
               OR (SELECT count(*) FROM shock) > 50)
        UNION ALL
        SELECT number, 1, place || 'an object with "kind", "from", "to" and "strength" is needed'
        FROM shock WHERE NOT is_object
        UNION ALL
        SELECT number, 2, place || format('the key %s is unknown; known are kind, from, to, strength',
                                          to_jsonb(left(key, 60)))
        FROM field WHERE key NOT IN ('kind', 'from', 'to', 'strength')
        UNION ALL
        SELECT number, 3, place || format('kind: %s is unknown; known are %s', shown, kinds)
        FROM field
        JOIN simulation_parameter AS effects ON effects.name = 'scenario.effects'
        CROSS JOIN LATERAL (
            SELECT string_agg(kind, ', ' ORDER BY kind) AS kinds
            FROM jsonb_object_keys(effects.value) AS kind
        ) AS known
        WHERE key = 'kind'
          AND NOT (jsonb_typeof(field.value) = 'string'
                   AND effects.value ? (field.value #>> '{}'))
        UNION ALL
        SELECT number, CASE key WHEN 'from' THEN 4 ELSE 5 END,
               place || format('%s: %s is not a day such as "2026-02-28", from 2000 to 2099',
                               key, shown)
        FROM field
        WHERE key IN ('from', 'to')
          AND (jsonb_typeof(value) <> 'string' OR sim_calendar_day_v1(value #>> '{}') IS NULL)
        UNION ALL
        SELECT number, 6, place || format('to: %s lies before from, %s', last_day, first_day)
        FROM shock WHERE last_day < first_day
        UNION ALL
        SELECT number, 7, place || format('strength: %s is not a number above 0, at most 2', shown)
        FROM field
        WHERE key = 'strength'
          AND NOT CASE jsonb_typeof(value)
                  WHEN 'number' THEN (value #>> '{}')::numeric > 0
                                     AND (value #>> '{}')::numeric <= 2
                  ELSE false END
    )
    SELECT mistake FROM mistakes ORDER BY number, line, mistake
$$;

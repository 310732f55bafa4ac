-- What the shocks of a scenario do in the hours of the Turkish days [p_first, p_last]: factors,
-- for the wind a shift. A scenario is {"shocks": [{"kind", "from", "to", "strength"}]}; a shock
-- comes and goes over the ramp of its kind. Hours without one have no row. Sums take
-- their numbers in one order, so that every database and order of shocks gives the same.
CREATE FUNCTION sim_shock_hours_v2(p_first date, p_last date, p_scenario jsonb)
RETURNS TABLE (
    day date, local_hour integer, demand float8, wind float8, solar float8, hydro float8,
    gas float8, coal float8, price float8
) LANGUAGE sql STABLE AS $$
    WITH change AS (
        SELECT p_first + number AS day, local_hour, key,
               CASE jsonb_typeof(named.effect)
                   WHEN 'array' THEN (named.effect ->> local_hour)::float8
                   ELSE (named.effect #>> '{}')::float8 END
               * coalesce((shock ->> 'strength')::float8, 1)
               * greatest(0, least(1, (least(p_first + number - (shock ->> 'from')::date,
                                            (shock ->> 'to')::date - p_first - number) + 1)
                                      / (effects.value #>> ARRAY[shock ->> 'kind',
                                                                 'ramp_days'])::float8
                 )) AS change
        FROM jsonb_array_elements(p_scenario -> 'shocks') AS shock
        JOIN simulation_parameter AS effects ON effects.name = 'scenario.effects'
        CROSS JOIN generate_series(0, p_last - p_first) AS number
        CROSS JOIN generate_series(0, 23) AS local_hour
        CROSS JOIN LATERAL jsonb_each(effects.value -> (shock ->> 'kind')) AS named (key, effect)
        WHERE named.key <> 'ramp_days'
    ), factor AS (
        SELECT day, local_hour, key, sum(change ORDER BY change) AS shift,
               exp(sum(ln(greatest(1e-6::float8, 1 + change)) ORDER BY change)) AS factor
        FROM change
        GROUP BY day, local_hour, key
    )
    SELECT day, local_hour, coalesce(max(factor) FILTER (WHERE key = 'demand'), 1),
           coalesce(max(shift) FILTER (WHERE key = 'wind'), 0),
           coalesce(max(factor) FILTER (WHERE key = 'solar'), 1),
           coalesce(max(factor) FILTER (WHERE key = 'hydro'), 1),
           coalesce(max(factor) FILTER (WHERE key = 'gas'), 1),
           coalesce(max(factor) FILTER (WHERE key = 'coal'), 1),
           coalesce(max(factor) FILTER (WHERE key = 'price'), 1)
    FROM factor
    GROUP BY day, local_hour
$$;

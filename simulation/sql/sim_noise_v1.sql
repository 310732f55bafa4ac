-- All noise of the hours [p_first, p_until), counted from 1970: an array a series, of deviation 1.
-- A series is a sum of hashed values on grids, each crossing from one to the next along a quarter
-- circle, which keeps the deviation. Grids of 6 h and more are computed at every sixth hour and
-- joined by straight lines.
CREATE FUNCTION sim_noise_v1(p_first bigint, p_until bigint, p_seed bigint)
RETURNS TABLE (hour bigint, noise float8[]) LANGUAGE sql STABLE ROWS 100 AS $$
    WITH component AS MATERIALIZED (
        -- The values of each component that the span needs, each hashed once.
        SELECT place, weight, width, step, is_pattern, p_first / width AS first_knot,
               ARRAY(
                   SELECT sim_normal_v1(hash) FROM (
                       SELECT hashint8extended(knot, key_hash) AS hash
                       FROM generate_series(p_first / width * step,
                                            ((p_until + 5) / width + 2) * step - 1) AS knot
                       OFFSET 0
                   ) AS hashed
               ) AS knots
        FROM (
            SELECT *, CASE WHEN is_pattern THEN 24 ELSE 1 END AS step,
                   hashtextextended(key, p_seed) AS key_hash
            FROM sim_noise_components_v1()
            OFFSET 0
        ) AS keyed
    ), slow AS MATERIALIZED (
        -- Every sixth hour, from the grids of 6 h and more.
        SELECT sixth, array_agg(value ORDER BY place) AS values
        FROM (
            SELECT sixth, place, sum(weight * (cos(way) * knots[knot + 1]
                                               + sin(way) * knots[knot + 2])) AS value
            FROM (
                SELECT sixth, place, weight, knots, sixth * 6 / width - first_knot AS knot,
                       share * share * (3 - 2 * share) * (pi() / 2) AS way
                FROM generate_series(p_first / 6, (p_until - 1) / 6 + 1) AS sixth
                CROSS JOIN (SELECT * FROM component WHERE width >= 6 AND NOT is_pattern) AS part
                CROSS JOIN LATERAL (
                    SELECT (sixth * 6 % width)::float8 / width AS share
                ) AS progress
                OFFSET 0
            ) AS crossing
            GROUP BY sixth, place
        ) AS summed
        GROUP BY sixth
    ), fast AS MATERIALIZED (
        -- Every hour, from the shorter grids and from the patterns by hour of day.
        SELECT hour, array_agg(value ORDER BY place) AS values
        FROM (
            SELECT hour, place, sum(weight * (cos(way) * knots[knot + 1]
                                              + sin(way) * knots[knot + step + 1])) AS value
            FROM (
                SELECT hour, place, weight, knots, step,
                       (hour / width - first_knot) * step
                       + CASE WHEN is_pattern THEN hour % 24 ELSE 0 END AS knot,
                       share * share * (3 - 2 * share) * (pi() / 2) AS way
                FROM generate_series(p_first, p_until - 1) AS hour
                CROSS JOIN (SELECT * FROM component WHERE width < 6 OR is_pattern) AS part
                CROSS JOIN LATERAL (SELECT (hour % width)::float8 / width AS share) AS progress
                OFFSET 0
            ) AS crossing
            GROUP BY hour, place
        ) AS summed
        GROUP BY hour
    )
    SELECT fast.hour, ARRAY(
        SELECT a + (b - a) * ((fast.hour % 6)::float8 / 6) + coalesce(hourly, 0)
        FROM unnest(before.values, after.values, fast.values) AS part (a, b, hourly)
    )
    FROM fast
    JOIN slow AS before ON before.sixth = fast.hour / 6
    JOIN slow AS after ON after.sixth = fast.hour / 6 + 1
$$;

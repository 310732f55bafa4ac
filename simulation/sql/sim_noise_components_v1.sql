-- What each noise series is a sum of: value noise on grids of so many hours, and patterns by hour
-- of day that live as long. `place` is the series' place in the array of sim_noise_v1; places up
-- to 18 have parts that change from hour to hour, the others only parts of 6 h and more.
CREATE FUNCTION sim_noise_components_v1()
RETURNS TABLE (place integer, key text, width bigint, weight float8, is_pattern boolean)
LANGUAGE sql STABLE AS $$
    WITH series (place, name, grids, pattern) AS (
        VALUES
            (1, 'demand.weather', 'demand.weather_grids', NULL),
            (2, 'forecast', 'forecast.grids', NULL),
            (3, 'river', 'river.grids', NULL),
            (4, 'geothermal', 'geothermal.grids', NULL),
            (5, 'biomass', 'biomass.grids', NULL),
            (6, 'hard_coal', 'lignite.grids', NULL),
            (7, 'imported_coal', 'imported_coal.grids', 'imported_coal.pattern'),
            (8, 'lignite', 'lignite.grids', 'lignite.pattern'),
            (9, 'dam', 'dam.grids', 'dam.pattern'),
            (10, 'dev.dam', 'dev.grids', NULL),
            (11, 'dev.gas', 'dev.grids', NULL),
            (12, 'dev.imported_coal', 'dev.grids', NULL),
            (13, 'dev.lignite', 'dev.grids', NULL),
            (14, 'dev.geothermal', 'dev.grids', NULL),
            (15, 'dev.biomass', 'dev.grids', NULL),
            (16, 'dev.hard_coal', 'dev.grids', NULL),
            (17, 'ptf', 'ptf.grids', 'ptf.pattern'),
            (18, 'smf', 'smf.grids', NULL),
            (19, 'wind', 'wind.grids', NULL),
            (20, 'wind.error', 'wind.error_grids', NULL),
            (21, 'solar', 'solar.grids', NULL),
            (22, 'solar.error', 'wind.error_grids', NULL),
            (23, 'hydro.year', 'hydro.year_grids', NULL),
            (24, 'river.error', 'wind.error_grids', NULL),
            (25, 'import', 'import.grids', NULL)
        UNION ALL
        SELECT first_place + region, name || ':' || region, grids, NULL
        FROM generate_series(0, 6) AS region
        CROSS JOIN (
            VALUES (26, 'wind', 'wind.grids'), (33, 'wind.error', 'wind.error_grids'),
                   (40, 'solar', 'solar.grids'), (47, 'solar.error', 'wind.error_grids')
        ) AS regional (first_place, name, grids)
    )
    SELECT series.place, series.name || ':' || (grid ->> 0), (grid ->> 0)::bigint,
           (grid ->> 1)::float8, false
    FROM series
    JOIN simulation_parameter AS parameter ON parameter.name = series.grids
    CROSS JOIN LATERAL jsonb_array_elements(parameter.value) AS grid
    UNION ALL
    SELECT series.place, series.name || '.pattern:' || (grid ->> 0), (grid ->> 0)::bigint,
           (grid ->> 1)::float8, true
    FROM series
    JOIN simulation_parameter AS parameter ON parameter.name = series.pattern
    CROSS JOIN LATERAL jsonb_array_elements(parameter.value) AS grid
    -- Every series has both parts, be it with weight 0.
    UNION ALL
    SELECT series.place, series.name || part.width, part.width, 0, false
    FROM series CROSS JOIN (VALUES (3::bigint), (6::bigint)) AS part (width)
    WHERE part.width = 6 OR series.place <= 18
$$;

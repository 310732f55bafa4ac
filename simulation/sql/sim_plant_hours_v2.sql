-- The hours of plants in [p_from, p_until): the drivers of the hour (simulation_hourstate) at the
-- plant's place, moved by its own character and noise, less its outages. Character and noise hang
-- on the EIC, so that two databases agree. The noise changes along straight lines over 6 h, from
-- uniform 16-bit pieces of a few hashes a day, plus one hash an hour: this is the part of the
-- engine that runs for every row. OFFSET 0 keeps the planner from computing one value twice.
CREATE FUNCTION sim_plant_hours_v2(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (
    plant_id bigint, ts timestamptz, planned_mwh float8, actual_mwh float8, settlement_mwh float8
) LANGUAGE sql STABLE AS $$
    WITH span AS MATERIALIZED (
        SELECT extract(epoch FROM p_from)::bigint / 86400 AS first_day,
               (extract(epoch FROM p_until)::bigint - 1) / 86400 AS last_day,
               -- A uniform piece less its middle, times this, has deviation 1.
               sqrt(12::float8) / 65536 AS piece
    ), settlement AS MATERIALIZED (
        SELECT (value ->> 0)::float8 AS mean, (value ->> 1)::float8 AS sd,
               (value ->> 2)::float8 AS hourly_span
        FROM simulation_parameter WHERE name = 'settlement'
    ), kind AS MATERIALIZED (
        SELECT kinds.*, (parameter.value ->> 'volatility_span')::float8 AS volatility_span,
               (parameter.value ->> 'least_size')::float8 AS least_size
        FROM sim_plant_kinds_v1() AS kinds
        JOIN simulation_parameter AS parameter ON parameter.name = 'plant.character'
    ), drawn AS (
        -- Every plant with the numbers that its EIC draws once and for all.
        SELECT plant.id, plant.mw * 1000 AS kw, kind.*, hashtextextended(plant.eic, p_seed) AS key,
               sim_uniform_v1(hashint8extended(0, plant.eic_hash)) AS region_draw,
               (2 * sim_uniform_v1(hashint8extended(1, plant.eic_hash)) - 1) * sqrt(3::float8)
               AS site_draw,
               sim_uniform_v1(hashint8extended(2, plant.eic_hash)) AS top_draw,
               (1 + volatility_span * (2 * sim_uniform_v1(hashint8extended(3, plant.eic_hash)) - 1)
                    * sqrt(3::float8))
               * sqrt(greatest(least_size, least(1, kind.size_mw / plant.mw))) AS volatility,
               (2 * sim_uniform_v1(hashint8extended(4, plant.eic_hash)) - 1) * sqrt(3::float8)
               AS meter_draw
        FROM (
            SELECT id, eic, fuel_type, installed_capacity_mw::float8 AS mw,
                   hashtextextended(eic, 0) AS eic_hash
            FROM assets_powerplant JOIN unnest(p_plant_ids) AS wanted (id) USING (id)
            OFFSET 0
        ) AS plant
        JOIN kind ON kind.fuel_type = plant.fuel_type
        OFFSET 0
    ), plant AS MATERIALIZED (
        -- Its place, the size of each part of its noise, and its power curve in kW.
        SELECT id, key, first_place + CASE WHEN is_regional THEN least(6, (
                   SELECT count(*) FROM unnest(region_shares) AS share
                   WHERE share < region_draw * region_shares[7]
               ))::integer ELSE 0 END AS place,
               site * site_draw AS site, noise_day * volatility * piece AS day_size,
               noise_slow * volatility * piece AS slow_size, slow_days,
               (1 - plan_share) * dev_block * volatility * piece AS actual_block,
               plan_share * dev_block * volatility * piece AS planned_block,
               (1 - plan_share) * dev_day * volatility * piece AS actual_day,
               plan_share * dev_day * volatility * piece AS planned_day,
               fast * volatility / 9223372036854775808::float8 AS fast_size, least_driver,
               settlement.mean + settlement.sd * meter_draw - settlement.hourly_span / 2 AS meter,
               settlement.hourly_span / 65536 AS meter_size,
               kw * linear AS linear, kw * square AS square,
               kw * (top_low + (top_high - top_low) * top_draw) AS top, plan_scope
        FROM drawn CROSS JOIN settlement CROSS JOIN span
    ), hashed AS (
        -- One row a plant and day: the hashes whose pieces are the knots of its noise.
        SELECT plant.*, day, (day % slow_days)::float8 / slow_days AS slow_way,
               hashint8extended(day * 4, key) AS blocks,
               hashint8extended(day * 4 + 4, key) AS next_blocks,
               hashint8extended(day * 4 + 1, key) AS days,
               hashint8extended(day * 4 + 5, key) AS next_days,
               hashint8extended(day / slow_days * 4 + 2, key) AS slow,
               hashint8extended(day / slow_days * 4 + 6, key) AS next_slow
        FROM plant
        CROSS JOIN span
        CROSS JOIN LATERAL generate_series(first_day, last_day) AS day
        OFFSET 0
    ), daily AS (
        -- The day's line of noise that plan and actual share, and of the deviation between them.
        SELECT *, common + actual_day * deviation AS actual_start,
               (common_rise + actual_day * deviation_rise) / 4 AS actual_rise,
               common - planned_day * deviation AS planned_start,
               (common_rise - planned_day * deviation_rise) / 4 AS planned_rise
        FROM (
            SELECT hashed.*, site + day_size * ((days & 65535) - 32767.5::float8)
                   + slow_size * ((1 - slow_way) * ((slow & 65535) - 32767.5::float8)
                                  + slow_way * ((next_slow & 65535) - 32767.5::float8)) AS common,
                   day_size * ((next_days & 65535) - (days & 65535))
                   + slow_size * ((next_slow & 65535) - (slow & 65535)) / slow_days AS common_rise,
                   ((days >> 16) & 65535) - 32767.5::float8 AS deviation,
                   (((next_days >> 16) & 65535) - ((days >> 16) & 65535))::float8 AS deviation_rise
            FROM hashed
            OFFSET 0
        ) AS line
        OFFSET 0
    ), outage AS (
        -- One row a plant and 6 h that its events touch: what they take in each of these hours.
        SELECT plant_id, sixth,
               array_agg(lost_share ORDER BY hour) AS lost_shares,
               array_agg(planned_lost_share ORDER BY hour) AS planned_lost_shares
        FROM (
            SELECT hourly.plant_id, sixth, sixth * 6 + place AS hour,
                   coalesce(max(lost_share) FILTER (WHERE touched = sixth * 6 + place), 0)
                   AS lost_share,
                   coalesce(max(planned_lost_share) FILTER (WHERE touched = sixth * 6 + place), 0)
                   AS planned_lost_share
            FROM (
                SELECT *, extract(epoch FROM ts)::bigint / 3600 AS touched,
                       extract(epoch FROM ts)::bigint / 21600 AS sixth
                FROM sim_outage_hours_v2(p_plant_ids, p_from, p_until, p_seed)
            ) AS hourly
            CROSS JOIN generate_series(0, 5) AS place
            GROUP BY hourly.plant_id, sixth, place
        ) AS filled
        GROUP BY plant_id, sixth
    ), block AS (
        -- One row a plant and 6 h: start and rise of both lines.
        SELECT id, key, lost_shares, planned_lost_shares,
               place * 1000000 + day * 4 + number AS block_key, least_driver, meter,
               meter_size, fast_size, linear, square, top, plan_scope * linear AS planned_linear,
               plan_scope * square AS planned_square, plan_scope * top AS planned_top,
               actual_start + actual_rise * number + actual_block * knot AS actual_start,
               actual_rise + actual_block * (next_knot - knot) AS actual_rise,
               planned_start + planned_rise * number - planned_block * knot AS planned_start,
               planned_rise - planned_block * (next_knot - knot) AS planned_rise
        FROM daily
        CROSS JOIN LATERAL (
            VALUES (0, (blocks & 65535) - 32767.5::float8,
                    ((blocks >> 16) & 65535) - 32767.5::float8),
                   (1, ((blocks >> 16) & 65535) - 32767.5::float8,
                    ((blocks >> 32) & 65535) - 32767.5::float8),
                   (2, ((blocks >> 32) & 65535) - 32767.5::float8,
                    ((blocks >> 48) & 65535) - 32767.5::float8),
                   (3, ((blocks >> 48) & 65535) - 32767.5::float8,
                    (next_blocks & 65535) - 32767.5::float8)
        ) AS quarter (number, knot, next_knot)
        LEFT JOIN outage ON outage.plant_id = daily.id AND outage.sixth = day * 4 + number
        OFFSET 0
    ), driver AS MATERIALIZED (
        -- One row a place and hour, where there are plants.
        SELECT place * 1000000 + hour / 6 AS block_key, ts, hour * 4 + 3 AS hour_key,
               (hour % 6)::integer + 1 AS way_place, (hour % 6)::float8 / 6 AS way,
               planned_drivers[place] AS planned,
               actual_drivers[place] AS actual, spreads[place] AS spread
        FROM (SELECT DISTINCT place FROM plant) AS needed
        CROSS JOIN (
            SELECT *, extract(epoch FROM ts)::bigint / 3600 AS hour
            FROM simulation_hourstate WHERE ts >= p_from AND ts < p_until
            OFFSET 0
        ) AS state
    ), driven AS (
        SELECT id, ts, hash, meter + meter_size * (hash & 65535) AS metered, least_driver,
               linear, square, top, planned_linear, planned_square, planned_top,
               coalesce(1 - lost_shares[way_place], 1) AS left_share,
               coalesce(1 - planned_lost_shares[way_place], 1) AS planned_left_share,
               planned + spread * (planned_start + planned_rise * way) AS planned,
               actual + spread * (actual_start + actual_rise * way + fast_size * hash) AS actual
        FROM (
            SELECT block.*, driver.ts, driver.way, driver.way_place, driver.planned,
                   driver.actual, driver.spread,
                   hashint8extended(driver.hour_key, block.key) AS hash
            FROM block JOIN driver USING (block_key)
            OFFSET 0
        ) AS noise
        OFFSET 0
    ), output AS (
        -- Where the hour is not realised, actual is NULL and neither branch is taken.
        SELECT id, ts, metered,
               CASE WHEN planned >= least_driver
                    THEN least(planned_top, planned * (planned_linear + planned_square * planned))
                    ELSE 0 END * planned_left_share AS planned_kwh,
               CASE WHEN actual >= least_driver
                    THEN least(top, actual * (linear + square * actual))
                    WHEN actual < least_driver THEN 0 END
               * left_share AS actual_kwh
        FROM driven
        OFFSET 0
    )
    SELECT id, ts, round(planned_kwh) / 1000, round(actual_kwh) / 1000,
           round(actual_kwh * metered) / 1000
    FROM output
$$;

-- The hours of plants in [p_from, p_until): what the state of the hour lets
-- a plant of its fuel and region produce, its own character and noise, less its outages.
-- Character and noise hang on the EIC, so that two databases agree. The noise is that of
-- sim_noise_v1, written out and with its grid computed once an hour: a call a row costs ten times
-- as much. OFFSET 0 keeps the planner from computing one value twice.
CREATE FUNCTION sim_plant_hours_v1(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (
    plant_id bigint, ts timestamptz, planned_mwh float8, actual_mwh float8, settlement_mwh float8
) LANGUAGE sql STABLE AS $$
    WITH plant AS MATERIALIZED (
        SELECT plant.id, plant.fuel_type, plant.installed_capacity_mw::float8 AS mw,
               (1 + abs(hashtextextended(plant.eic, 7) % 7))::smallint AS region,
               0.94 + 0.12 * (hashtextextended(plant.eic, 8) & 1023) / 1023.0::float8 AS efficiency,
               fuel.plant_share / 9223372036854775808::float8 AS noise_share,
               hashtextextended(plant.eic, p_seed) AS key
        FROM assets_powerplant AS plant
        JOIN simulation_fuel AS fuel USING (fuel_type)
        WHERE plant.id = ANY (p_plant_ids)
    ), hour AS MATERIALIZED (
        SELECT place.fuel_type, place.region, state.*,
               h / 12 AS step, h / 12 + 1 AS next_step, (h % 12) / 12::float8 AS way
        FROM (SELECT DISTINCT fuel_type, region FROM plant) AS place
        CROSS JOIN LATERAL (
            SELECT ts, planned_mwh_per_mw, actual_mwh_per_mw,
                   extract(epoch FROM ts)::bigint / 3600 AS h
            FROM simulation_fuelhour AS found
            WHERE found.fuel_type = place.fuel_type AND found.region = place.region
              AND ts >= p_from AND ts < p_until
            OFFSET 0
        ) AS state
    ), noise AS (
        SELECT plant.id, hour.ts, plant.mw, plant.efficiency * hour.planned_mwh_per_mw AS planned,
               plant.efficiency * hour.actual_mwh_per_mw AS actual,
               noise_share * (hashint8extended(step, key) * (1 - way)
                              + hashint8extended(next_step, key) * way) AS slow,
               noise_share * 0.3 * hashint8extended(h, key + 1) AS quick,
               0.015 * hashint8extended(h, key + 2) / 9223372036854775808::float8 AS meter
        FROM plant
        JOIN hour ON hour.fuel_type = plant.fuel_type AND hour.region = plant.region
        OFFSET 0
    ), output AS (
        SELECT noise.id, noise.ts, noise.meter,
               mw * least(greatest(planned * (1 + slow), 0), 1)
                  * (1 - coalesce(outage.planned_lost_share, 0)) AS planned,
               -- greatest() passes over NULL, and an hour that is not realised stays without.
               CASE WHEN actual IS NOT NULL THEN
                   mw * least(greatest(actual * (1 + slow + quick), 0), 1)
                      * (1 - coalesce(outage.lost_share, 0))
               END AS actual
        FROM noise
        LEFT JOIN sim_outage_hours_v1(p_plant_ids, p_from, p_until) AS outage
          ON outage.plant_id = noise.id AND outage.ts = noise.ts
        OFFSET 0
    )
    SELECT id, ts, round(planned * 1000) / 1000, round(actual * 1000) / 1000,
           round(actual * (0.995 + meter) * 1000) / 1000
    FROM output
$$;

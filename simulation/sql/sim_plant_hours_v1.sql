-- The hours of plants (all of them for NULL) in [p_from, p_until): what the state of the hour lets
-- a plant of its fuel and region produce, its own character and noise, less its outages.
-- Character and noise hang on the EIC, so that two databases agree.
CREATE FUNCTION sim_plant_hours_v1(
    p_plant_ids bigint[], p_from timestamptz, p_until timestamptz, p_seed bigint
) RETURNS TABLE (
    plant_id bigint, ts timestamptz, planned_mwh float8, actual_mwh float8, settlement_mwh float8
) LANGUAGE sql STABLE AS $$
    WITH plant AS MATERIALIZED (
        SELECT plant.id, plant.fuel_type, plant.installed_capacity_mw::float8 AS mw,
               (1 + abs(hashtextextended(plant.eic, 7) % 7))::smallint AS region,
               0.94 + 0.12 * (hashtextextended(plant.eic, 8) & 1023) / 1023.0::float8 AS efficiency,
               fuel.plant_share, hashtextextended(plant.eic, p_seed) AS key
        FROM assets_powerplant AS plant
        JOIN simulation_fuel AS fuel USING (fuel_type)
        WHERE p_plant_ids IS NULL OR plant.id = ANY (p_plant_ids)
    ), potential AS (
        SELECT plant.id, hour.ts, plant.mw, plant.key,
               extract(epoch FROM hour.ts)::bigint / 3600 AS h,
               hour.planned_mwh_per_mw * plant.efficiency AS planned,
               hour.actual_mwh_per_mw * plant.efficiency AS actual, plant.plant_share
        FROM plant
        JOIN simulation_fuelhour AS hour
          ON hour.fuel_type = plant.fuel_type AND hour.region = plant.region
        WHERE hour.ts >= p_from AND hour.ts < p_until
    ), output AS (
        SELECT potential.id, potential.ts, potential.key, potential.h,
               mw * least(greatest(planned * (1 + plant_share * sim_noise_v1(key, h, 12)), 0), 1)
                  * (1 - coalesce(outage.planned_lost_share, 0)) AS planned,
               mw * least(greatest(actual * (1 + plant_share * (sim_noise_v1(key, h, 12)
                      + 0.3 * sim_noise_v1(key + 1, h, 1))), 0), 1)
                  * (1 - coalesce(outage.lost_share, 0)) AS actual
        FROM potential
        LEFT JOIN sim_outage_hours_v1(p_plant_ids, p_from, p_until) AS outage
          ON outage.plant_id = potential.id AND outage.ts = potential.ts
    )
    SELECT id, ts, round(planned * 1000) / 1000, round(actual * 1000) / 1000,
           round(actual * (0.995 + 0.015 * sim_noise_v1(key + 2, h, 1)) * 1000) / 1000
    FROM output
$$;

-- What the weather and the river give a MW of each fuel in each region, before any merit order:
-- the month's profile of the hour, moved by noise of the country and of the region that lasts for
-- days. Materialized, or the planner would write the conversions of time into every use.
CREATE FUNCTION sim_fuel_weather_v1(p_from timestamptz, p_until timestamptz, p_seed bigint)
RETURNS TABLE (ts timestamptz, fuel_type text, region smallint, usual float8, share float8)
LANGUAGE sql STABLE AS $$
    WITH hours AS MATERIALIZED (
        SELECT ts, extract(epoch FROM ts)::bigint / 3600 AS h,
               extract(month FROM ts AT TIME ZONE 'Europe/Istanbul')::smallint AS month,
               extract(hour FROM ts AT TIME ZONE 'Europe/Istanbul')::smallint AS hour
        FROM generate_series(p_from, p_until - interval '1 hour', interval '1 hour') AS ts
    ), place AS MATERIALIZED (
        SELECT fuel.*, region::smallint,
               hashtextextended(fuel.fuel_type, p_seed) AS fuel_key,
               hashtextextended(fuel.fuel_type || '/' || region, p_seed) AS region_key
        FROM simulation_fuel AS fuel CROSS JOIN generate_series(1, 7) AS region
    )
    SELECT hours.ts, place.fuel_type, place.region, profile.value,
           least(greatest(profile.value * (1
               + place.national_share * (0.6 * sim_noise_v1(fuel_key, h, 97)
                                         + 0.4 * sim_noise_v1(fuel_key + 1, h, 23))
               + place.regional_share * (0.6 * sim_noise_v1(region_key, h, 41)
                                         + 0.4 * sim_noise_v1(region_key + 1, h, 9))
           ), 0), 1)
    FROM hours
    CROSS JOIN place
    JOIN simulation_profile AS profile
      ON profile.series = place.fuel_type AND profile.month = hours.month
     AND profile.hour = hours.hour
$$;

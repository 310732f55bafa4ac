-- The country's hours [p_first, p_until), counted from 1970, as far as calendar and weather make
-- them: demand and its forecast, what wind, sun and rivers give, and the need that is left for the
-- other plants, as it was planned and as it came. Places in `noise` are those of
-- sim_noise_components_v1; wind and solar are arrays by region.
CREATE FUNCTION sim_weather_hours_v2(
    p_first bigint, p_until bigint, p_seed bigint, p_scenario jsonb
) RETURNS TABLE (
    hour bigint, local_hour integer, month_before integer, month_after integer, month_share float8,
    price_floor float8, price_cap float8, price_level float8, noise float8[],
    hydro_shock float8, gas_shock float8, coal_shock float8, price_shock float8,
    demand float8, planned_demand float8, forecast float8, wetness float8,
    actual_need float8, planned_need float8,
    wind_actual float8[], wind_planned float8[],
    solar_actual float8[], solar_planned float8[], solar_spread float8[],
    river_actual float8, river_planned float8, geothermal float8, biomass float8, hard_coal float8
) LANGUAGE plpgsql STABLE ROWS 100 AS $$
#variable_conflict use_column
DECLARE
    v_first_day date := date '1970-01-01' + ((p_first + 3) / 24)::integer;
    v_last_day date := date '1970-01-01' + ((p_until + 2) / 24)::integer;
    v_demand_mean float8 := sim_number_v1('demand.mean_2025');
    v_demand_level float8[] := sim_numbers_v1('demand.level');
    v_demand_amplitude float8[] := sim_numbers_v1('demand.weather_amplitude');
    v_wind_chill float8 := sim_number_v1('demand.wind_chill');
    v_feast_hour float8[] := sim_numbers_v1('demand.feast_hour');
    v_fixed_hour float8[] := sim_numbers_v1('demand.fixed_hour');
    v_after_rest_hour float8[] := sim_numbers_v1('demand.after_rest_hour');
    v_ramadan_hour float8[] := sim_numbers_v1('demand.ramadan_hour');
    v_eve_hour float8 := sim_number_v1('demand.eve', 'from_hour');
    v_eve_before float8 := sim_number_v1('demand.eve', 'before');
    v_eve_after float8 := sim_number_v1('demand.eve', 'after');
    v_sunday_shape float8 := sim_number_v1('demand.sunday_shape');
    v_forecast_bias float8[] := sim_numbers_v1('forecast.bias_by_hour');
    v_forecast_sd float8[] := sim_numbers_v1('forecast.sd_by_hour');
    v_forecast_month float8[] := sim_numbers_v1('forecast.month_amplitude');
    v_forecast_holiday float8 := sim_number_v1('forecast.holiday_multiplier');
    v_market_forecast float8 := sim_number_v1('ptf.market_forecast');
    v_wind_level float8[] := sim_numbers_v1('wind.level');
    v_wind_common float8 := sim_number_v1('wind.common');
    v_wind_regional float8 := sim_number_v1('wind.regional');
    v_wind_error float8[] := sim_numbers_v1('wind.error');
    v_wind_xs float8[] := sim_numbers_v1('wind.fleet_curve', '0');
    v_wind_ys float8[] := sim_numbers_v1('wind.fleet_curve', '1');
    v_wind_share float8[] := sim_numbers_v1('region.share', 'wind');
    v_solar_share float8[] := sim_numbers_v1('region.share', 'solar');
    v_solar_shift float8[] := sim_numbers_v1('region.solar_hour_shift');
    v_solar_clear float8[] := sim_numbers_v1('solar.clear');
    v_solar_peak float8 := sim_number_v1('solar.peak_over_capacity')
                           * sim_number_v1('solar.clear_gain');
    v_solar_common float8 := sim_number_v1('solar.common_share');
    v_solar_error float8 := sim_number_v1('solar.error');
    v_solar_error_parts float8[] := sim_numbers_v1('solar.error_parts');
    v_solar_spread_above float8 := sim_number_v1('solar.spread_above');
    v_least_cloud float8 := sim_number_v1('solar.least_cloud', 'actual');
    v_least_planned_cloud float8 := sim_number_v1('solar.least_cloud', 'planned');
    v_cloud_mean float8[] := sim_numbers_v1('solar.cloud_mean');
    v_k_mean float8[] := sim_numbers_v1('solar.k_mean');
    v_k_sd float8[] := sim_numbers_v1('solar.k_sd');
    v_unlicensed float8[] := sim_numbers_v1('solar.unlicensed');
    v_unlicensed_most float8 := sim_number_v1('solar.unlicensed_most');
    v_wetness_sd float8 := sim_number_v1('hydro.year_sd');
    v_river_level float8[] := sim_numbers_v1('river.level');
    v_river_sd float8 := sim_number_v1('river.sd');
    v_river_error float8 := sim_number_v1('river.error');
    v_geothermal_level float8[] := sim_numbers_v1('geothermal.level');
    v_geothermal_sd float8 := sim_number_v1('geothermal.sd');
    v_biomass_level float8[] := sim_numbers_v1('biomass.level');
    v_biomass_sd float8 := sim_number_v1('biomass.sd');
    v_hard_coal_level float8 := sim_number_v1('hard_coal.level', '0');
    v_hard_coal_sd float8 := sim_number_v1('hard_coal.sd');
    v_wind_mw float8 := sim_number_v1('capacity', 'wind');
    v_solar_mw float8 := sim_number_v1('capacity', 'solar');
    v_river_mw float8 := sim_number_v1('capacity', 'hydro_river');
    v_geothermal_mw float8 := sim_number_v1('capacity', 'geothermal');
    v_biomass_mw float8 := sim_number_v1('capacity', 'biomass');
BEGIN
    RETURN QUERY
    WITH shock AS MATERIALIZED (
        SELECT * FROM sim_shock_hours_v2(v_first_day, v_last_day, p_scenario)
    ), base AS MATERIALIZED (
        -- Each hour with its day, its place in tables by month and hour, noise and shocks.
        SELECT series.hour, series.noise, calendar.*, clock.h,
               (calendar.month_before - 1) * 24 + clock.h + 1 AS table_before,
               (calendar.month_after - 1) * 24 + clock.h + 1 AS table_after,
               coalesce(shock.demand, 1) AS demand_shock, coalesce(shock.wind, 0) AS wind_shock,
               coalesce(shock.solar, 1) AS solar_shock, coalesce(shock.hydro, 1) AS hydro_shock,
               coalesce(shock.gas, 1) AS gas_shock, coalesce(shock.coal, 1) AS coal_shock,
               coalesce(shock.price, 1) AS price_shock
        FROM sim_noise_v1(p_first, p_until, p_seed) AS series
        CROSS JOIN LATERAL (
            SELECT ((series.hour + 3) % 24)::integer AS h,
                   date '1970-01-01' + ((series.hour + 3) / 24)::integer AS day
        ) AS clock
        JOIN sim_calendar_v2(v_first_day, v_last_day) AS calendar ON calendar.day = clock.day
        LEFT JOIN shock ON shock.day = clock.day AND shock.local_hour = clock.h
    ), load AS MATERIALIZED (
        -- Demand: the level of the hour, holidays, weather. The forecast is off it by its error.
        SELECT *, v_demand_mean * growth
               * sim_between_v1(v_demand_level, day_type * 288 + table_before,
                                day_type * 288 + table_after, month_share)
               * CASE
                   WHEN holiday LIKE '%eve'
                       THEN 1 - (1 - holiday_ratio)
                            * CASE WHEN h >= v_eve_hour THEN v_eve_after ELSE v_eve_before END
                   WHEN holiday = '' THEN holiday_ratio
                   WHEN holiday IN ('ramazan', 'kurban')
                       THEN holiday_ratio * (1 + (v_feast_hour[h + 1] - 1) * sunday_half)
                   ELSE holiday_ratio * (1 + (v_fixed_hour[h + 1] - 1) * sunday_half)
                 END
               * CASE WHEN after_rest THEN v_after_rest_hour[h + 1] ELSE 1 END
               * CASE WHEN is_ramadan AND holiday NOT IN ('ramazan', 'kurban')
                      THEN v_ramadan_hour[h + 1] ELSE 1 END
               * (1 + (sqrt(1 - v_wind_chill * v_wind_chill) * noise[1] + v_wind_chill * noise[19])
                      * sim_between_v1(v_demand_amplitude, month_before, month_after, month_share))
               * demand_shock AS demand,
               1 + v_forecast_bias[h + 1]
               + v_forecast_sd[h + 1] * noise[2]
                 * sim_between_v1(v_forecast_month, month_before, month_after, month_share)
                 * CASE WHEN holiday <> '' THEN v_forecast_holiday ELSE 1 END AS forecast_ratio
        FROM base
        CROSS JOIN LATERAL (
            SELECT CASE day_type WHEN 2 THEN v_sunday_shape ELSE 1 END AS sunday_half
        ) AS half
    ), region AS MATERIALIZED (
        -- Wind and clouds over each region: half of the forecast error in plan and actual each.
        SELECT hour, number, month_share,
               driver + error AS wind_actual, driver - error AS wind_planned,
               clear * cloud AS solar_actual, clear * planned_cloud AS solar_planned,
               clear * (v_solar_spread_above - cloud) AS solar_spread, cloud, planned_cloud
        FROM load
        CROSS JOIN generate_series(1, 7) AS number
        CROSS JOIN LATERAL (
            SELECT sim_between_v1(v_wind_level, table_before, table_after, month_share)
                   + wind_shock + v_wind_common * noise[19] + v_wind_regional * noise[25 + number]
                   AS driver,
                   v_wind_error[1] * noise[20] + v_wind_error[2] * noise[32 + number] AS error,
                   floor(h + v_solar_shift[number] + 24)::integer AS sun_hour,
                   h + v_solar_shift[number] + 24 AS sun_time,
                   sim_between_v1(v_k_sd, month_before, month_after, month_share) AS k_sd
            OFFSET 0
        ) AS air
        CROSS JOIN LATERAL (
            SELECT v_solar_peak * (
                       (1 - sun_time + sun_hour) * sim_between_v1(
                           v_solar_clear, (month_before - 1) * 24 + sun_hour % 24 + 1,
                           (month_after - 1) * 24 + sun_hour % 24 + 1, month_share)
                       + (sun_time - sun_hour) * sim_between_v1(
                           v_solar_clear, (month_before - 1) * 24 + (sun_hour + 1) % 24 + 1,
                           (month_after - 1) * 24 + (sun_hour + 1) % 24 + 1, month_share)
                   ) AS clear,
                   solar_shock * least(1, greatest(v_least_cloud,
                       sim_between_v1(v_k_mean, month_before, month_after, month_share)
                       + k_sd * (sqrt(v_solar_common) * noise[21]
                                 + sqrt(1 - v_solar_common) * noise[39 + number]))) AS cloud
            OFFSET 0
        ) AS sky
        CROSS JOIN LATERAL (
            SELECT least(1, greatest(v_least_planned_cloud, cloud + v_solar_error * k_sd
                       * (v_solar_error_parts[1] * noise[22]
                          + v_solar_error_parts[2] * noise[46 + number]))) AS planned_cloud
            OFFSET 0
        ) AS expected
    ), country AS MATERIALIZED (
        -- The regions together, by the capacity that stands in each.
        SELECT hour,
               array_agg(wind_actual ORDER BY number) AS wind_actual,
               array_agg(wind_planned ORDER BY number) AS wind_planned,
               array_agg(solar_actual ORDER BY number) AS solar_actual,
               array_agg(solar_planned ORDER BY number) AS solar_planned,
               array_agg(solar_spread ORDER BY number) AS solar_spread,
               v_wind_mw * sum(v_wind_share[number]
                   * sim_interpolate_v1(wind_actual, v_wind_xs, v_wind_ys))
               + v_solar_mw * sum(v_solar_share[number] * solar_actual) AS actual_mwh,
               v_wind_mw * sum(v_wind_share[number]
                   * sim_interpolate_v1(wind_planned, v_wind_xs, v_wind_ys))
               + v_solar_mw * sum(v_solar_share[number] * solar_planned) AS planned_mwh,
               sum(v_solar_share[number] * cloud) AS cloud,
               sum(v_solar_share[number] * planned_cloud) AS planned_cloud
        FROM region
        GROUP BY hour
    ), water AS MATERIALIZED (
        -- Rivers, heat and waste, and the sun on roofs that only lowers the need.
        SELECT load.*, demand * forecast_ratio AS forecast,
               demand * (1 + v_market_forecast * (forecast_ratio - 1)) AS planned_demand,
               v_wetness_sd * noise[23] AS wetness,
               sim_between_v1(v_river_level, table_before, table_after, month_share)
               * (1 + v_wetness_sd * noise[23]) * (1 + v_river_sd * noise[3]) * hydro_shock
               AS river_planned, 1 + v_river_error * noise[24] AS river_ratio,
               sim_between_v1(v_geothermal_level, table_before, table_after, month_share)
               * (1 + v_geothermal_sd * noise[4]) AS geothermal,
               sim_between_v1(v_biomass_level, table_before, table_after, month_share)
               * (1 + v_biomass_sd * noise[5]) AS biomass,
               v_hard_coal_level * (1 + v_hard_coal_sd * noise[6]) AS hard_coal,
               sim_between_v1(v_unlicensed, table_before, table_after, month_share) AS roof_mwh,
               sim_between_v1(v_cloud_mean, month_before, month_after, month_share) AS cloud_mean
        FROM load
    )
    SELECT hour, h, month_before, month_after, month_share,
           price_floor, price_cap, price_level, noise,
           hydro_shock, gas_shock, coal_shock, price_shock,
           demand, planned_demand, forecast, wetness,
           demand / growth - roof_mwh * least(v_unlicensed_most, cloud / cloud_mean)
           - country.actual_mwh - v_river_mw * river_planned * river_ratio - rest_mwh,
           planned_demand / growth - roof_mwh * least(v_unlicensed_most, planned_cloud / cloud_mean)
           - country.planned_mwh - v_river_mw * river_planned - rest_mwh,
           country.wind_actual, country.wind_planned,
           country.solar_actual, country.solar_planned, country.solar_spread,
           river_planned * river_ratio, river_planned, geothermal, biomass, hard_coal
    FROM water
    JOIN country USING (hour)
    CROSS JOIN LATERAL (
        SELECT v_geothermal_mw * geothermal + v_biomass_mw * biomass AS rest_mwh
    ) AS steady;
END;
$$;

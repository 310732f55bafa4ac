-- The country's hours: consumption, its forecast, the residual load over what is usual for the
-- hour, PTF and SMF. A function of seed, time and parameters only.
-- A positive v_direction is a deficit: SMF is never below PTF then, and never above in a surplus.
CREATE FUNCTION sim_national_hours_v1(p_from timestamptz, p_until timestamptz, p_seed bigint)
RETURNS TABLE (
    ts timestamptz, actual_mwh float8, forecast_mwh float8, residual_over_usual float8,
    ptf float8, smf float8
) LANGUAGE sql STABLE AS $$
    WITH hours AS MATERIALIZED (
        SELECT ts, ts AT TIME ZONE 'Europe/Istanbul' AS local,
               extract(epoch FROM ts)::bigint / 3600 AS h
        FROM generate_series(p_from, p_until - interval '1 hour', interval '1 hour') AS ts
    ), must_run AS (
        SELECT weather.ts, sum(fuel.fleet_mw / 7 * weather.usual) AS usual_mwh,
               sum(fuel.fleet_mw / 7 * weather.share) AS mwh
        FROM sim_fuel_weather_v1(p_from, p_until, p_seed) AS weather
        JOIN simulation_fuel AS fuel USING (fuel_type)
        WHERE fuel_type IN ('wind', 'solar', 'hydro_river')
        GROUP BY weather.ts
    ), load AS MATERIALIZED (
        SELECT hours.*, coalesce(holiday.demand_ratio, 1) AS holiday_ratio,
               sim_parameter_v1('demand_mean_mwh')
               * (1 + sim_parameter_v1('demand_growth_per_year'))
                 ^ ((hours.h - extract(epoch FROM timestamptz '2025-07-01Z') / 3600) / 8766)::float8
               * profile.value * coalesce(holiday.demand_ratio, 1) AS usual_mwh,
               1 + sim_parameter_v1('demand_weather_share')
                   * (0.7 * sim_noise_v1(hashtextextended('demand weeks', p_seed), h, 131)
                      + 0.3 * sim_noise_v1(hashtextextended('demand days', p_seed), h, 29))
                 + sim_parameter_v1('demand_hourly_share')
                   * sim_noise_v1(hashtextextended('demand hours', p_seed), h, 6) AS weather,
               CASE extract(isodow FROM local)
                   WHEN 6 THEN sim_parameter_v1('ptf_saturday_factor')
                   WHEN 7 THEN sim_parameter_v1('ptf_sunday_factor') ELSE 1.045
               END AS ptf_day_factor
        FROM hours
        JOIN simulation_profile AS profile
          ON profile.month = extract(month FROM local) AND profile.hour = extract(hour FROM local)
         AND profile.series = CASE extract(isodow FROM local)
             WHEN 6 THEN 'demand_saturday' WHEN 7 THEN 'demand_sunday' ELSE 'demand_weekday' END
        LEFT JOIN simulation_holiday AS holiday ON holiday.day = local::date
    ), forecast AS MATERIALIZED (
        SELECT load.*, usual_mwh * weather AS actual_mwh,
               1 + sim_parameter_v1('forecast_bias') + sim_parameter_v1('forecast_error_share')
                   * CASE WHEN holiday_ratio < 1
                          THEN sim_parameter_v1('forecast_holiday_factor') ELSE 1 END
                   * (0.7 * sim_noise_v1(hashtextextended('forecast days', p_seed), h, 14)
                      + 0.3 * sim_noise_v1(hashtextextended('forecast weeks', p_seed), h, 53)
                   ) AS error
        FROM load
    ), residual AS MATERIALIZED (
        SELECT forecast.*,
               (actual_mwh * error - must_run.mwh)
               / (forecast.usual_mwh - must_run.usual_mwh) AS expected_over_usual,
               (actual_mwh - must_run.mwh) / (forecast.usual_mwh - must_run.usual_mwh) AS over_usual
        FROM forecast JOIN must_run USING (ts)
    ), price AS MATERIALIZED (
        SELECT residual.*, price_limit.cap_try_per_mwh AS cap,
               least(greatest(round((
                   sim_parameter_v1('ptf_mean_try_per_mwh') * profile.value * ptf_day_factor
                   * (1.06 + sim_parameter_v1('ptf_residual_slope') * (expected_over_usual - 1)
                      + sim_parameter_v1('ptf_supply_share')
                        * (0.6 * sim_noise_v1(hashtextextended('supply weeks', p_seed), h, 163)
                           + 0.4 * sim_noise_v1(hashtextextended('supply days', p_seed), h, 11)))
               )::numeric, 2)::float8, 0), price_limit.cap_try_per_mwh) AS ptf,
               sim_parameter_v1('smf_deficit_shift') + 4 * (over_usual - expected_over_usual)
               + 0.8 * sim_noise_v1(hashtextextended('direction', p_seed), h, 7)
               + 0.3 * sim_noise_v1(hashtextextended('direction hours', p_seed), h, 2) AS direction
        FROM residual
        JOIN simulation_profile AS profile
          ON profile.series = 'ptf' AND profile.month = extract(month FROM local)
         AND profile.hour = extract(hour FROM local)
        CROSS JOIN LATERAL (
            SELECT cap_try_per_mwh FROM simulation_pricelimit
            WHERE from_day <= greatest(local::date, (SELECT min(from_day) FROM simulation_pricelimit))
            ORDER BY from_day DESC LIMIT 1
        ) AS price_limit
    )
    SELECT ts, round(actual_mwh::numeric, 2)::float8, round((actual_mwh * error)::numeric, 1)::float8,
           over_usual, ptf,
           least(greatest(round((ptf + CASE
               WHEN abs(direction) < sim_parameter_v1('smf_balanced_width') THEN 0
               WHEN direction > 0 THEN direction * sim_parameter_v1('smf_up_share')
               ELSE direction * sim_parameter_v1('smf_down_share')
           END * sim_parameter_v1('ptf_mean_try_per_mwh'))::numeric, 2)::float8, 0), cap)
    FROM price
$$;

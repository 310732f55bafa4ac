-- The country's hours [p_first, p_until), counted from 1970, with what its flexible fuels do in
-- them: the need that prices follow, and the drivers that plants of each place follow, planned,
-- actual and how widely single plants spread around them (sim_plant_kinds_v1 says which place is
-- whose). Capacity factors are of the fleet of 2025; needs are in its scale too.
CREATE FUNCTION sim_dispatch_hours_v2(
    p_first bigint, p_until bigint, p_seed bigint, p_scenario jsonb
) RETURNS TABLE (
    hour bigint, local_hour integer, month_before integer, month_after integer, month_share float8,
    price_floor float8, price_cap float8, price_level float8, noise float8[], price_shock float8,
    demand float8, planned_demand float8, forecast float8, price_need float8,
    planned_drivers float8[], actual_drivers float8[], spreads float8[]
) LANGUAGE plpgsql STABLE ROWS 100 AS $$
#variable_conflict use_column
DECLARE
    v_need float8[] := sim_numbers_v1('need.knots');
    v_dam float8[] := sim_numbers_v1('dam.curve');
    v_dam_month float8[] := sim_numbers_v1('dam.month');
    v_dam_hour float8[] := sim_numbers_v1('dam.hour');
    v_dam_least_offered float8 := sim_number_v1('dam.least', 'offered');
    v_dam_least_planned float8 := sim_number_v1('dam.least', 'planned');
    v_dam_least_actual float8 := sim_number_v1('dam.least', 'actual');
    v_dam_relief float8 := sim_number_v1('dam.gas_relief');
    v_dam_top float8 := sim_number_v1('dam.ceiling');
    v_dam_gain float8 := sim_number_v1('hydro.dam_gain');
    v_coal float8[] := sim_numbers_v1('imported_coal.curve');
    v_coal_month float8[] := sim_numbers_v1('imported_coal.month');
    v_coal_hour float8[] := sim_numbers_v1('imported_coal.hour');
    v_coal_top float8 := sim_number_v1('imported_coal.ceiling');
    v_coal_margin float8 := sim_number_v1('imported_coal.ceiling_margin');
    v_lignite float8[] := sim_numbers_v1('lignite.curve');
    v_lignite_month float8[] := sim_numbers_v1('lignite.month');
    v_lignite_hour float8[] := sim_numbers_v1('lignite.hour');
    v_lignite_top float8 := sim_number_v1('lignite.ceiling');
    v_sd_need float8[] := sim_numbers_v1('dam.sd_at', '0');
    v_dam_sd float8[] := sim_numbers_v1('dam.sd_at', '1');
    v_coal_sd float8[] := sim_numbers_v1('imported_coal.sd_at', '1');
    v_lignite_sd float8[] := sim_numbers_v1('lignite.sd_at', '1');
    v_import float8[] := sim_numbers_v1('import.curve');
    v_import_sd float8 := sim_number_v1('import.sd');
    v_other_mwh float8 := sim_number_v1('other.mean');
    v_gas_bottom float8 := sim_number_v1('gas.limits', '0');
    v_gas_top float8 := sim_number_v1('gas.limits', '1');
    v_gas_offset float8 := sim_number_v1('gas.dam_offset');
    v_gas_mw float8 := sim_number_v1('capacity', 'natural_gas');
    v_dam_mw float8 := sim_number_v1('capacity', 'hydro_dam');
    v_coal_mw float8 := sim_number_v1('capacity', 'imported_coal');
    v_lignite_mw float8 := sim_number_v1('capacity', 'lignite');
    v_hard_coal_mw float8 := sim_number_v1('capacity', 'hard_coal');
    v_supply_weight float8 := sim_number_v1('ptf.supply_weight');
    v_gas_deviation float8 := sim_number_v1('dev.sd', 'gas');
    v_dam_deviation float8 := sim_number_v1('dev.sd', 'dam');
    v_coal_deviation float8 := sim_number_v1('dev.sd', 'imported_coal');
    v_lignite_deviation float8 := sim_number_v1('dev.sd', 'lignite');
    v_geothermal_deviation float8 := sim_number_v1('dev.sd', 'geothermal');
    v_biomass_deviation float8 := sim_number_v1('dev.sd', 'biomass');
    v_hard_coal_deviation float8 := sim_number_v1('dev.sd', 'hard_coal');
    v_gas_surprise float8 := sim_number_v1('dev.share', 'gas');
    v_dam_surprise float8 := sim_number_v1('dev.share', 'dam');
    v_coal_surprise float8 := sim_number_v1('dev.share', 'imported_coal');
    v_lignite_surprise float8 := sim_number_v1('dev.share', 'lignite');
    v_gas_xs float8[] := sim_numbers_v1('plant.natural_gas', 'response', '0');
    v_gas_ys float8[] := sim_numbers_v1('plant.natural_gas', 'response', '1');
    v_dam_xs float8[] := sim_numbers_v1('plant.hydro_dam', 'response', '0');
    v_dam_ys float8[] := sim_numbers_v1('plant.hydro_dam', 'response', '1');
    v_coal_xs float8[] := sim_numbers_v1('plant.imported_coal', 'response', '0');
    v_coal_ys float8[] := sim_numbers_v1('plant.imported_coal', 'response', '1');
    v_lignite_xs float8[] := sim_numbers_v1('plant.lignite', 'response', '0');
    v_lignite_ys float8[] := sim_numbers_v1('plant.lignite', 'response', '1');
    v_geothermal_xs float8[] := sim_numbers_v1('plant.geothermal', 'response', '0');
    v_geothermal_ys float8[] := sim_numbers_v1('plant.geothermal', 'response', '1');
    v_biomass_xs float8[] := sim_numbers_v1('plant.biomass', 'response', '0');
    v_biomass_ys float8[] := sim_numbers_v1('plant.biomass', 'response', '1');
    v_hard_coal_xs float8[] := sim_numbers_v1('plant.hard_coal', 'response', '0');
    v_hard_coal_ys float8[] := sim_numbers_v1('plant.hard_coal', 'response', '1');
BEGIN
    RETURN QUERY
    WITH weather AS MATERIALIZED (
        SELECT * FROM sim_weather_hours_v2(p_first, p_until, p_seed, p_scenario)
    ), offered AS MATERIALIZED (
        -- What the plants that follow the planned need would give, before any limit binds.
        SELECT *, sim_interpolate_v1(planned_need, v_need, v_dam) * v_dam_hour[local_hour + 1]
               * sim_between_v1(v_dam_month, month_before, month_after, month_share) AS usual_dam,
               least(v_coal_top, sim_interpolate_v1(planned_need, v_need, v_coal)
                   * sim_between_v1(v_coal_month, month_before, month_after, month_share)
                   * v_coal_hour[local_hour + 1] * coal_shock
                   * (1 + sim_interpolate_v1(planned_need, v_sd_need, v_coal_sd) * noise[7])
               ) AS coal,
               least(v_lignite_top, sim_interpolate_v1(planned_need, v_need, v_lignite)
                   * sim_between_v1(v_lignite_month, month_before, month_after, month_share)
                   * v_lignite_hour[local_hour + 1]
                   * (1 + sim_interpolate_v1(planned_need, v_sd_need, v_lignite_sd) * noise[8])
               ) AS lignite,
               sim_interpolate_v1(planned_need, v_need, v_import) + v_import_sd * noise[25]
               AS import_mwh
        FROM weather
    ), dammed AS MATERIALIZED (
        -- Dams follow the need too, as far as the year is wet.
        SELECT *, least(v_dam_top, greatest(v_dam_least_offered, usual_dam
                   * (1 + v_dam_gain * wetness) * hydro_shock
                   * (1 + sim_interpolate_v1(planned_need, v_sd_need, v_dam_sd) * noise[9])
               )) AS offered_dam
        FROM offered
    ), residual AS MATERIALIZED (
        -- Gas covers what is left.
        SELECT *, (planned_need - v_coal_mw * coal - v_lignite_mw * lignite
                   - v_hard_coal_mw * hard_coal - v_other_mwh - import_mwh
                   - v_dam_mw * offered_dam) / v_gas_mw AS wanted_gas
        FROM dammed
    ), planned AS MATERIALIZED (
        SELECT *, least(v_gas_top * gas_shock, greatest(v_gas_bottom, wanted_gas)) AS gas
        FROM residual
    ), dispatched AS MATERIALIZED (
        -- What gas can neither give nor leave out the dams do.
        SELECT *, least(v_dam_top, greatest(v_dam_least_planned,
                   offered_dam + v_dam_relief * (wanted_gas - gas) * v_gas_mw / v_dam_mw)) AS dam,
               actual_need - planned_need AS surprise
        FROM planned
    ), realised AS MATERIALIZED (
        -- In the hour itself each fuel deviates, and takes its share of the surprise in the need.
        SELECT *, least(v_dam_top, greatest(v_dam_least_actual,
                   dam * (1 + v_dam_deviation * noise[10])
                   + v_dam_surprise * surprise / v_dam_mw)) AS actual_dam,
               least(v_gas_top * gas_shock, greatest(v_gas_bottom,
                   gas * (1 + v_gas_deviation * noise[11])
                   + v_gas_surprise * surprise / v_gas_mw
                   - v_gas_offset * v_dam_deviation * noise[10] * dam * v_dam_mw / v_gas_mw
               )) AS actual_gas,
               least(v_coal_top + v_coal_margin, coal * (1 + v_coal_deviation * noise[12])
                   + v_coal_surprise * surprise / v_coal_mw) AS actual_coal,
               least(v_lignite_top, lignite * (1 + v_lignite_deviation * noise[13])
                   + v_lignite_surprise * surprise / v_lignite_mw) AS actual_lignite
        FROM dispatched
    ), driven AS MATERIALIZED (
        -- A fuel's capacity factor becomes what its single plants follow.
        SELECT *, ARRAY[
                   sim_interpolate_v1(gas, v_gas_xs, v_gas_ys),
                   sim_interpolate_v1(dam, v_dam_xs, v_dam_ys),
                   sim_interpolate_v1(coal, v_coal_xs, v_coal_ys),
                   sim_interpolate_v1(lignite, v_lignite_xs, v_lignite_ys),
                   sim_interpolate_v1(geothermal * (1 + v_geothermal_deviation * noise[14]),
                                      v_geothermal_xs, v_geothermal_ys),
                   sim_interpolate_v1(biomass * (1 + v_biomass_deviation * noise[15]),
                                      v_biomass_xs, v_biomass_ys),
                   sim_interpolate_v1(hard_coal * (1 + v_hard_coal_deviation * noise[16]),
                                      v_hard_coal_xs, v_hard_coal_ys)
               ] AS fuels_planned, ARRAY[
                   sim_interpolate_v1(actual_gas, v_gas_xs, v_gas_ys),
                   sim_interpolate_v1(actual_dam, v_dam_xs, v_dam_ys),
                   sim_interpolate_v1(actual_coal, v_coal_xs, v_coal_ys),
                   sim_interpolate_v1(actual_lignite, v_lignite_xs, v_lignite_ys),
                   sim_interpolate_v1(geothermal, v_geothermal_xs, v_geothermal_ys),
                   sim_interpolate_v1(biomass, v_biomass_xs, v_biomass_ys),
                   sim_interpolate_v1(hard_coal, v_hard_coal_xs, v_hard_coal_ys)
               ] AS fuels_actual
        FROM realised
    )
    SELECT hour, local_hour, month_before, month_after, month_share,
           price_floor, price_cap, price_level, noise, price_shock,
           demand, planned_demand, forecast,
           -- Supply that is missing moves the price like more need.
           planned_need + v_supply_weight * (
               v_dam_mw * usual_dam * (1 - (1 + v_dam_gain * wetness) * hydro_shock)
               + (1 - gas_shock) * v_gas_top * v_gas_mw + v_coal_mw * coal * (1 / coal_shock - 1)
           ),
           wind_planned || solar_planned || river_planned || fuels_planned,
           wind_actual || solar_actual || river_actual || fuels_actual,
           array_fill(1::float8, ARRAY[7]) || solar_spread || river_actual || 1::float8
           || fuels_planned[2:]
    FROM driven;
END;
$$;

-- How plants of each fuel behave, a row a fuel. `first_place` is where their driver stands in the
-- arrays of simulation_hourstate; wind and solar have seven from there on, one a region.
CREATE FUNCTION sim_plant_kinds_v1()
RETURNS TABLE (
    fuel_type text, first_place integer, is_regional boolean, size_mw float8, site float8,
    noise_day float8, noise_slow float8, slow_days integer, dev_block float8, dev_day float8,
    plan_share float8, fast float8, linear float8, square float8, least_driver float8,
    top_low float8, top_high float8, plan_scope float8, region_shares float8[]
) LANGUAGE sql STABLE AS $$
    SELECT place.fuel_type, place.first_place, place.is_regional, kind.size, kind.site,
           kind.noise[1], kind.noise[2], kind.noise[3]::integer / 24, kind.dev[1], kind.dev[2],
           kind.plan_share, kind.fast, kind.q1, kind.q2, kind.ymin,
           kind.pmax[1], kind.pmax[2], kind.plan_scope,
           ARRAY(
               SELECT sum(share::float8) OVER (ORDER BY region)
               FROM jsonb_array_elements_text(shares.value -> place.fuel_type)
                    WITH ORDINALITY AS listed (share, region)
           )
    FROM (
        VALUES ('wind', 1, true), ('solar', 8, true), ('hydro_river', 15, false),
               ('natural_gas', 16, false), ('hydro_dam', 17, false),
               ('imported_coal', 18, false), ('lignite', 19, false), ('geothermal', 20, false),
               ('biomass', 21, false), ('hard_coal', 22, false)
    ) AS place (fuel_type, first_place, is_regional)
    JOIN simulation_parameter AS parameter ON parameter.name = 'plant.' || place.fuel_type
    JOIN simulation_parameter AS shares ON shares.name = 'region.share'
    CROSS JOIN LATERAL jsonb_to_record(parameter.value) AS kind (
        size float8, site float8, noise float8[], dev float8[], plan_share float8, fast float8,
        q1 float8, q2 float8, ymin float8, pmax float8[], plan_scope float8
    )
$$;

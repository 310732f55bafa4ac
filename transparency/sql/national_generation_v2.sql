-- The generation of all plants together by hour and fuel, as published at p_at; NULL where a
-- plant's value is not. The nation's figures are public, a single plant's are its organization's:
-- so this runs with the owner's rights and tells sums only.
CREATE FUNCTION national_generation_v2(
    p_from timestamptz, p_until timestamptz, p_at timestamptz
) RETURNS TABLE (
    ts timestamptz, fuel_type text, planned_mwh float8, actual_mwh float8, settlement_mwh float8
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT hour.ts, plant.fuel_type,
           CASE WHEN count(*) = count(planned_mwh) THEN sum(planned_mwh) END,
           CASE WHEN count(*) = count(actual_mwh) THEN sum(actual_mwh) END,
           CASE WHEN count(*) = count(settlement_mwh) THEN sum(settlement_mwh) END
    FROM published_generation_v2(p_from, p_until, p_at) AS hour
    JOIN assets_powerplant AS plant ON plant.id = hour.plant_id
    GROUP BY hour.ts, plant.fuel_type
$$;

-- What all plants together could offer by hour and fuel, MW; sums only, with the owner's rights.
CREATE FUNCTION national_availability_v3(
    p_from timestamptz, p_until timestamptz, p_at timestamptz
) RETURNS TABLE (ts timestamptz, fuel_type text, available_mw float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT hour.ts, plant.fuel_type, sum(hour.available_mw)
    FROM plant_availability_v3(p_from, p_until, p_at) AS hour
    JOIN assets_powerplant AS plant ON plant.id = hour.plant_id
    GROUP BY hour.ts, plant.fuel_type
$$;

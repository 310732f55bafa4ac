-- The installed capacity of all plants in the support scheme by fuel, MW; sums only, with the
-- owner's rights.
CREATE FUNCTION yekdem_capacity_v1()
RETURNS TABLE (fuel_type text, installed_mw numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT fuel_type, trim_scale(sum(installed_capacity_mw))
    FROM assets_powerplant WHERE is_yekdem GROUP BY fuel_type
$$;

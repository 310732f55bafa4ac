-- After plants were written: a new plant gets the hours that are simulated already, a changed one
-- has them computed again, a deleted one loses them. So the stored hours are at any time what
-- simulating these plants from the start would give.
CREATE FUNCTION sim_follow_plants_v2()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET jit = off SET timezone = 'UTC' AS $$
DECLARE
    v_plant_ids bigint[];
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => false);
    IF TG_OP = 'DELETE' THEN
        DELETE FROM transparency_hourlygeneration
        WHERE plant_id IN (SELECT id FROM old_plant);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO transparency_hourlygeneration
            (plant_id, ts, planned_mwh, actual_mwh, settlement_mwh)
        SELECT hour.*
        FROM sim_stored_span_v1() AS stored
        CROSS JOIN LATERAL sim_plant_hours_v2(
            (SELECT array_agg(id) FROM new_plant), stored.from_ts, stored.until_ts,
            (SELECT seed FROM simulation_settings)
        ) AS hour;
    ELSE
        SELECT array_agg(plant.id) INTO v_plant_ids
        FROM new_plant AS plant JOIN old_plant AS former USING (id)
        WHERE (plant.eic, plant.fuel_type, plant.installed_capacity_mw)
              IS DISTINCT FROM (former.eic, former.fuel_type, former.installed_capacity_mw);
        IF v_plant_ids IS NOT NULL THEN
            PERFORM sim_recalculate_v2(
                v_plant_ids,
                array_fill('-infinity'::timestamptz, ARRAY[cardinality(v_plant_ids)]),
                array_fill(NULL::timestamptz, ARRAY[cardinality(v_plant_ids)])
            );
        END IF;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER sim_plant_inserted AFTER INSERT ON assets_powerplant
REFERENCING NEW TABLE AS new_plant FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_plants_v2();

CREATE TRIGGER sim_plant_updated AFTER UPDATE ON assets_powerplant
REFERENCING OLD TABLE AS old_plant NEW TABLE AS new_plant
FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_plants_v2();

CREATE TRIGGER sim_plant_deleted AFTER DELETE ON assets_powerplant
REFERENCING OLD TABLE AS old_plant FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_plants_v2();

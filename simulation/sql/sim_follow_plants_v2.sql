-- After plants were written: a new plant gets the outages and hours that are simulated already, a
-- changed one has them made again, a deleted one loses its hours. So what is stored is at any time
-- what simulating these plants from the start would give.
CREATE FUNCTION sim_follow_plants_v2()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET jit = off SET timezone = 'UTC' AS $$
DECLARE
    v_plant_ids bigint[];
    v_stored record;
    v_seed bigint := sim_stored_seed_v1();
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => false);
    IF TG_OP = 'DELETE' THEN
        DELETE FROM transparency_hourlygeneration
        WHERE plant_id IN (SELECT id FROM old_plant);
        RETURN NULL;
    END IF;
    SELECT * INTO v_stored FROM sim_stored_span_v1();
    IF v_stored.from_ts IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        v_plant_ids := ARRAY(SELECT id FROM new_plant);
        PERFORM sim_invent_outages_v1(v_plant_ids, v_stored.from_ts, v_stored.until_ts, v_seed);
        INSERT INTO transparency_hourlygeneration
            (plant_id, ts, planned_mwh, actual_mwh, settlement_mwh)
        SELECT plant_id, ts, planned_mwh, actual_mwh, settlement_mwh
        FROM sim_plant_hours_v2(v_plant_ids, v_stored.from_ts, v_stored.until_ts, v_seed);
    ELSE
        SELECT array_agg(plant.id) INTO v_plant_ids
        FROM new_plant AS plant JOIN old_plant AS former USING (id)
        WHERE (plant.eic, plant.fuel_type, plant.installed_capacity_mw, plant.organization_id)
              IS DISTINCT FROM (former.eic, former.fuel_type, former.installed_capacity_mw,
                                former.organization_id);
        IF v_plant_ids IS NOT NULL THEN
            PERFORM sim_invent_outages_v1(v_plant_ids, v_stored.from_ts, v_stored.until_ts, v_seed);
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

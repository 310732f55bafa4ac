-- After an organization switched the invented outages off: those of its plants that have not
-- started are withdrawn; one that runs, runs out. Switched on, they come with the next day.
CREATE FUNCTION sim_follow_organizations_v1()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_plant_ids bigint[];
    v_from timestamptz[];
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => false);
    WITH withdrawn AS (
        UPDATE incidents_plantevent AS event SET dismissed_at = clock_timestamp()
        FROM assets_powerplant AS plant
        JOIN new_organization AS organization ON organization.id = plant.organization_id
        JOIN old_organization AS former ON former.id = organization.id
        WHERE plant.id = event.plant_id
          AND former.invents_outages AND NOT organization.invents_outages
          AND event.invented_at > clock_timestamp() AND event.changed_by_id IS NULL
          AND event.dismissed_at IS NULL
        RETURNING event.plant_id, event.starts_at
    )
    SELECT array_agg(plant_id), array_agg(from_ts) INTO v_plant_ids, v_from
    FROM (SELECT plant_id, min(starts_at) AS from_ts FROM withdrawn GROUP BY plant_id) AS span;
    IF v_plant_ids IS NOT NULL THEN
        PERFORM sim_recalculate_v2(
            v_plant_ids, v_from,
            array_fill(NULL::timestamptz, ARRAY[cardinality(v_plant_ids)])
        );
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER sim_organization_updated AFTER UPDATE ON assets_organization
REFERENCING OLD TABLE AS old_organization NEW TABLE AS new_organization
FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_organizations_v1();

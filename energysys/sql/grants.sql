-- What the application role may do. It owns nothing; what the engine writes it only reads.
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app};
REVOKE ALL ON django_migrations FROM {app};
GRANT SELECT ON django_migrations TO {app};
REVOKE INSERT, UPDATE, DELETE ON
    incidents_eventversion,
    simulation_calibration, simulation_hourstate, simulation_parameter, simulation_settings,
    transparency_hourlyconsumption, transparency_hourlygeneration, transparency_hourlyprice,
    transparency_writecounter
FROM {app};
-- An event is dismissed, not deleted; the ledger is appended to.
REVOKE DELETE ON incidents_plantevent FROM {app};
REVOKE UPDATE, DELETE ON simulation_simulationrun FROM {app};
DO $$
DECLARE
    v_object record;
BEGIN
    -- The policies are on the partitioned table; past it, on a partition, they would not hold.
    FOR v_object IN
        SELECT inhrelid::regclass AS name FROM pg_inherits
        WHERE inhparent = 'transparency_hourlygeneration'::regclass
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM {app_text}', v_object.name);
    END LOOP;
    FOR v_object IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
          AND prokind = 'f'
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_object.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {app_text}', v_object.name);
    END LOOP;
END;
$$;

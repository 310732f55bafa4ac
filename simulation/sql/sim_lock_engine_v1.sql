-- Take the engine's lock until the transaction ends: alone to simulate, shared to recalculate.
-- An event committed while a day is computed would be lost to it otherwise. A simulation holds the
-- lock for one day, so a report never waits for a year's run.
CREATE FUNCTION sim_lock_engine_v1(p_alone boolean)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the engine works under READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    IF p_alone THEN
        PERFORM pg_advisory_xact_lock(hashint8extended(0, 2));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashint8extended(0, 2));
    END IF;
END;
$$;

-- Serialise, until the transaction ends, whoever adds to or takes from what these plants can lose.
-- Plants share 512 locks: one for each would fill the server's table of locks when a file reports
-- of a whole country. Whoever locks many takes them in one order.
-- A snapshot older than the lock would not see what was committed while it waited, so levels that
-- keep one are refused.
CREATE FUNCTION incidents_lock_plants_v1(VARIADIC p_plant_ids bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_share bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'plant events are written under READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    FOR v_share IN
        SELECT DISTINCT plant.id % 512 AS share FROM unnest(p_plant_ids) AS plant (id) ORDER BY share
    LOOP
        PERFORM pg_advisory_xact_lock(hashint8extended(v_share, 1));
    END LOOP;
END;
$$;

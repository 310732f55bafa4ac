-- Serialise, until the transaction ends, whoever adds to or takes from what a plant can lose.
-- A snapshot older than the lock would not see what was committed while it waited, so levels that
-- keep one are refused.
CREATE FUNCTION incidents_lock_plant_v1(p_plant_id bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'plant events are written under READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    PERFORM pg_advisory_xact_lock(hashint8extended(p_plant_id, 1));
END;
$$;

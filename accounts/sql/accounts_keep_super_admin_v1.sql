-- After a Super Admin is closed, demoted or deleted: another one can still log in and let people in.
-- Two who close each other at once wait for one lock; a snapshot older than it would see both.
CREATE FUNCTION accounts_keep_super_admin_v1()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Super Admins are changed under READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    PERFORM pg_advisory_xact_lock(hashint8extended(0, 3));
    IF NOT EXISTS (SELECT FROM accounts_user WHERE role = 'super_admin' AND is_active) THEN
        RAISE EXCEPTION 'the last active Super Admin stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'user_last_super_admin_stays';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER user_keep_super_admin AFTER UPDATE OF role, is_active ON accounts_user
FOR EACH ROW WHEN (OLD.role = 'super_admin' AND OLD.is_active
                   AND NOT (NEW.role = 'super_admin' AND NEW.is_active))
EXECUTE FUNCTION accounts_keep_super_admin_v1();

CREATE TRIGGER user_keep_super_admin_at_delete AFTER DELETE ON accounts_user
FOR EACH ROW WHEN (OLD.role = 'super_admin' AND OLD.is_active)
EXECUTE FUNCTION accounts_keep_super_admin_v1();

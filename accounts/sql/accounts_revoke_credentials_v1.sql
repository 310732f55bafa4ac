-- After a person was changed: what was handed out to somebody who no longer exists like that ends
-- with the change. A key carries its person's role at every use, but it was not made for the rows
-- of another organization.
CREATE FUNCTION accounts_revoke_credentials_v1()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE accounts_tokenfamily SET revoked_at = clock_timestamp()
    WHERE user_id = NEW.id AND revoked_at IS NULL;
    IF NOT NEW.is_active OR NEW.organization_id IS DISTINCT FROM OLD.organization_id THEN
        UPDATE accounts_apikey SET revoked_at = clock_timestamp()
        WHERE user_id = NEW.id AND revoked_at IS NULL;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER user_revoke_credentials
AFTER UPDATE OF password, role, organization_id, is_active ON accounts_user
FOR EACH ROW WHEN (
    (OLD.password, OLD.role, OLD.organization_id, OLD.is_active)
    IS DISTINCT FROM (NEW.password, NEW.role, NEW.organization_id, NEW.is_active)
) EXECUTE FUNCTION accounts_revoke_credentials_v1();

-- After a statement that may have written what pages and API show: count it. Whoever counts takes a
-- row that nobody holds, and makes one when all are held, so writers never wait for each other and
-- the sum of the rows grows with every commit.
CREATE FUNCTION transparency_count_writes_v1()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE transparency_writecounter SET writes = writes + 1
    WHERE id = (
        SELECT id FROM transparency_writecounter ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    );
    IF NOT FOUND THEN
        INSERT INTO transparency_writecounter (writes) VALUES (1);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER count_writes AFTER INSERT OR UPDATE OR DELETE ON assets_organization
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

CREATE TRIGGER count_writes AFTER INSERT OR UPDATE OR DELETE ON assets_powerplant
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

CREATE TRIGGER count_writes AFTER INSERT OR UPDATE OR DELETE ON incidents_plantevent
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

CREATE TRIGGER count_writes AFTER INSERT OR UPDATE OR DELETE ON transparency_hourlygeneration
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

CREATE TRIGGER count_writes AFTER INSERT OR UPDATE OR DELETE ON transparency_hourlyprice
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

CREATE TRIGGER count_writes AFTER INSERT OR UPDATE OR DELETE ON transparency_hourlyconsumption
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

-- A sign-in writes here too, and changes nothing that is shown.
CREATE TRIGGER count_writes AFTER INSERT OR DELETE
    OR UPDATE OF username, full_name, email, role, organization_id, is_active ON accounts_user
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

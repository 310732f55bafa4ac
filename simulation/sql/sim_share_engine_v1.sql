-- Before a statement writes events: share the engine's lock, as the first of its locks. The engine
-- writes events under that lock alone, so neither waits for what the other holds.
CREATE FUNCTION sim_share_engine_v1()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sim_lock_engine_v1(p_alone => false);
    RETURN NULL;
END;
$$;

CREATE TRIGGER sim_share_engine BEFORE INSERT OR UPDATE OR DELETE ON incidents_plantevent
FOR EACH STATEMENT EXECUTE FUNCTION sim_share_engine_v1();

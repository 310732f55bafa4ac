-- Whoever writes it: a scenario with a mistake is refused, with all of them.
CREATE FUNCTION sim_check_scenario_v1()
RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_mistakes text := (
        SELECT string_agg(mistake, E'\n') FROM sim_scenario_mistakes_v1(NEW.scenario)
    );
BEGIN
    IF v_mistakes <> '' THEN
        RAISE EXCEPTION '%', v_mistakes USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER sim_scenario_checked BEFORE INSERT OR UPDATE ON simulation_settings
FOR EACH ROW EXECUTE FUNCTION sim_check_scenario_v1();

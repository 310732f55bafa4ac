-- A run that changed no row, a failed or a pruning one, is news as well.
CREATE TRIGGER count_writes AFTER INSERT ON simulation_simulationrun
FOR EACH STATEMENT EXECUTE FUNCTION transparency_count_writes_v1();

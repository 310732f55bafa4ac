-- The seed of the hours that are stored: a report changes them, it does not draw others. After the
-- settings chose another seed it is theirs as soon as a day was simulated with it.
CREATE FUNCTION sim_stored_seed_v1()
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT seed FROM simulation_simulationrun
         WHERE kind = 'simulate' AND outcome = 'succeeded' ORDER BY id DESC LIMIT 1),
        (SELECT seed FROM simulation_settings)
    )
$$;

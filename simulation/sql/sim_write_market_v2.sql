-- Store the country's hours of [p_from, p_until) and what plants follow in them: values of
-- the day itself before p_realised_until, day-ahead values from there on. Rows that are there keep
-- what they have beyond that; imported hours stay as they are. One statement, one computation.
CREATE FUNCTION sim_write_market_v2(
    p_from timestamptz, p_realised_until timestamptz, p_until timestamptz, p_seed bigint,
    p_scenario jsonb
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_written bigint;
BEGIN
    WITH national AS MATERIALIZED (
        SELECT *, ts < p_realised_until AS realised
        FROM sim_national_hours_v2(p_from, p_until, p_seed, p_scenario)
    ), consumption AS (
        INSERT INTO transparency_hourlyconsumption AS old (ts, actual_mwh, forecast_mwh, imported)
        SELECT ts, CASE WHEN realised THEN actual_mwh END, forecast_mwh, false FROM national
        ON CONFLICT (ts) DO UPDATE SET
            actual_mwh = coalesce(excluded.actual_mwh, old.actual_mwh),
            forecast_mwh = excluded.forecast_mwh
        WHERE NOT old.imported AND (old.actual_mwh, old.forecast_mwh) IS DISTINCT FROM
              (coalesce(excluded.actual_mwh, old.actual_mwh), excluded.forecast_mwh)
        RETURNING 1
    ), price AS (
        INSERT INTO transparency_hourlyprice AS old (ts, ptf, smf, imported)
        SELECT ts, ptf, CASE WHEN realised THEN smf END, false FROM national
        ON CONFLICT (ts) DO UPDATE SET
            ptf = excluded.ptf, smf = coalesce(excluded.smf, old.smf)
        WHERE NOT old.imported AND (old.ptf, old.smf) IS DISTINCT FROM
              (excluded.ptf, coalesce(excluded.smf, old.smf))
        RETURNING 1
    ), state AS (
        INSERT INTO simulation_hourstate AS old (ts, planned_drivers, actual_drivers, spreads)
        SELECT ts, planned_drivers, CASE WHEN realised THEN actual_drivers END, spreads
        FROM national
        ON CONFLICT (ts) DO UPDATE SET
            planned_drivers = excluded.planned_drivers, spreads = excluded.spreads,
            actual_drivers = coalesce(excluded.actual_drivers, old.actual_drivers)
        WHERE (old.planned_drivers, old.actual_drivers, old.spreads) IS DISTINCT FROM
              (excluded.planned_drivers,
               coalesce(excluded.actual_drivers, old.actual_drivers), excluded.spreads)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM consumption) + (SELECT count(*) FROM price)
           + 0 * (SELECT count(*) FROM state)
    INTO v_written;
    RETURN v_written;
END;
$$;

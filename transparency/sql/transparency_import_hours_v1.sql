-- Store published hours, which the engine never overwrites; return the hours written.
CREATE FUNCTION transparency_import_hours_v1(
    p_ts timestamptz[], p_actual_mwh float8[], p_forecast_mwh float8[], p_ptf numeric[],
    p_smf numeric[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_written bigint;
BEGIN
    INSERT INTO transparency_hourlyconsumption AS old (ts, actual_mwh, forecast_mwh, imported)
    SELECT ts, actual_mwh, forecast_mwh, true
    FROM unnest(p_ts, p_actual_mwh, p_forecast_mwh) AS row (ts, actual_mwh, forecast_mwh)
    ON CONFLICT (ts) DO UPDATE SET
        actual_mwh = excluded.actual_mwh, forecast_mwh = excluded.forecast_mwh, imported = true;
    INSERT INTO transparency_hourlyprice AS old (ts, ptf, smf, imported)
    SELECT ts, ptf, smf, true FROM unnest(p_ts, p_ptf, p_smf) AS row (ts, ptf, smf)
    ON CONFLICT (ts) DO UPDATE SET
        ptf = excluded.ptf, smf = excluded.smf, imported = true;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END;
$$;

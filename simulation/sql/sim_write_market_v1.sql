-- Store the country's hours of [p_from, p_until) and what plants can produce in them: values of
-- the day itself before p_realised_until, day-ahead values from there on. Rows that are there keep
-- what they have beyond that; imported hours stay as they are. One statement, one computation.
CREATE FUNCTION sim_write_market_v1(
    p_from timestamptz, p_realised_until timestamptz, p_until timestamptz, p_seed bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_written bigint;
BEGIN
    WITH national AS MATERIALIZED (
        SELECT *, ts < p_realised_until AS realised
        FROM sim_national_hours_v1(p_from, p_until, p_seed)
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
    ), fuel_hour AS (
        INSERT INTO simulation_fuelhour AS old (
            fuel_type, region, ts, planned_mwh_per_mw, actual_mwh_per_mw
        )
        SELECT fuel_type, region, ts,
               least(greatest(output.mwh * (1 + fuel.plan_error_share * sim_noise_v1(
                   hashtextextended('plan/' || fuel_type || region, p_seed), h, 5)), 0), 1),
               CASE WHEN realised THEN output.mwh END
        FROM national
        JOIN sim_fuel_weather_v1(p_from, p_until, p_seed) AS weather USING (ts)
        JOIN simulation_fuel AS fuel USING (fuel_type)
        CROSS JOIN LATERAL (
            SELECT least(greatest(weather.share
                       * (1 + fuel.residual_slope * (residual_over_usual - 1)), 0), 1) AS mwh,
                   extract(epoch FROM ts)::bigint / 3600 AS h
            OFFSET 0
        ) AS output
        ON CONFLICT (fuel_type, region, ts) DO UPDATE SET
            planned_mwh_per_mw = excluded.planned_mwh_per_mw,
            actual_mwh_per_mw = coalesce(excluded.actual_mwh_per_mw, old.actual_mwh_per_mw)
        WHERE (old.planned_mwh_per_mw, old.actual_mwh_per_mw) IS DISTINCT FROM
              (excluded.planned_mwh_per_mw,
               coalesce(excluded.actual_mwh_per_mw, old.actual_mwh_per_mw))
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM consumption) + (SELECT count(*) FROM price)
           + 0 * (SELECT count(*) FROM fuel_hour)
    INTO v_written;
    RETURN v_written;
END;
$$;

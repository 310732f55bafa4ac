-- The same rows as before, in the form of `assets_tenancy_v2`.
ALTER POLICY tenant ON incidents_plantevent USING (
    (invented_at IS NULL
     OR reported_at <= statement_timestamp()
        AND (dismissed_at IS NULL OR dismissed_at >= reported_at))
    AND ((SELECT current_setting('energysys.tenant', true) = 'all')
         OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant)))
);

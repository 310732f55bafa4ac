-- The same rows as before, in the form of `assets_tenancy_v2`.
ALTER POLICY tenant ON transparency_hourlygeneration USING (
    (SELECT current_setting('energysys.tenant', true) = 'all')
    OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant))
);

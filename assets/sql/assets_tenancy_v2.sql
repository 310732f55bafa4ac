-- The same rows as before. A comparison on its own lets the planner expect half of the rows of a
-- person who sees all, not a hundredth.
ALTER POLICY tenant ON assets_organization USING (
    (SELECT current_setting('energysys.tenant', true) = 'all')
    OR id::text = (SELECT current_setting('energysys.tenant', true))
);
ALTER POLICY tenant ON assets_powerplant USING (
    (SELECT current_setting('energysys.tenant', true) = 'all')
    OR organization_id::text = (SELECT current_setting('energysys.tenant', true))
);

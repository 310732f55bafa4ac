-- Whose rows a connection sees: `energysys.tenant` is `all`, an organization's key, or nothing.
ALTER TABLE assets_organization ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON assets_organization USING (
    (SELECT current_setting('energysys.tenant', true)) IN ('all', id::text)
);
ALTER TABLE assets_powerplant ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON assets_powerplant USING (
    (SELECT current_setting('energysys.tenant', true)) IN ('all', organization_id::text)
);

-- Events are seen with their plant, versions with their event.
ALTER TABLE incidents_plantevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON incidents_plantevent USING (
    (SELECT current_setting('energysys.tenant', true)) = 'all'
    OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant))
);
ALTER TABLE incidents_eventversion ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON incidents_eventversion USING (
    (SELECT current_setting('energysys.tenant', true)) = 'all'
    OR EXISTS (SELECT FROM incidents_plantevent AS event WHERE event.id = event_id)
);

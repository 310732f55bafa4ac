-- What the engine invents exists for nobody before it starts, and never if it was withdrawn before;
-- the versions of it neither.
ALTER POLICY tenant ON incidents_plantevent USING (
    (invented_at IS NULL
     OR reported_at <= statement_timestamp()
        AND (dismissed_at IS NULL OR dismissed_at >= reported_at))
    AND ((SELECT current_setting('energysys.tenant', true)) = 'all'
         OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant)))
);
ALTER POLICY tenant ON incidents_eventversion USING (
    (recorded_by_id IS NOT NULL
     OR recorded_at <= statement_timestamp()
        AND EXISTS (SELECT FROM incidents_plantevent AS event WHERE event.id = event_id))
    AND ((SELECT current_setting('energysys.tenant', true)) = 'all'
         OR EXISTS (SELECT FROM incidents_plantevent AS event WHERE event.id = event_id))
);

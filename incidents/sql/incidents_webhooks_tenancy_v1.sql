-- A webhook is seen by its organization, messages with their webhook and version, attempts with
-- their message.
ALTER TABLE incidents_webhook ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON incidents_webhook USING (
    (SELECT current_setting('energysys.tenant', true)) IN ('all', organization_id::text)
);
ALTER TABLE incidents_webhookmessage ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON incidents_webhookmessage USING (
    created_at <= statement_timestamp()
    AND EXISTS (SELECT FROM incidents_eventversion AS version WHERE version.id = version_id)
    AND ((SELECT current_setting('energysys.tenant', true)) = 'all'
         OR webhook_id = ANY (ARRAY(SELECT id FROM incidents_webhook)))
);
ALTER TABLE incidents_webhookattempt ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON incidents_webhookattempt USING (
    (SELECT current_setting('energysys.tenant', true)) = 'all'
    OR EXISTS (SELECT FROM incidents_webhookmessage AS message WHERE message.id = message_id)
);

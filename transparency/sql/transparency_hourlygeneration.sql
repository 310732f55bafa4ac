-- One partition a UTC day, made by the engine when it first writes that day. No DEFAULT partition.
CREATE TABLE transparency_hourlygeneration (
    plant_id bigint NOT NULL,
    ts timestamptz NOT NULL,
    planned_mwh double precision,
    actual_mwh double precision,
    settlement_mwh double precision,
    PRIMARY KEY (plant_id, ts)
) PARTITION BY RANGE (ts);

ALTER TABLE transparency_hourlygeneration ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON transparency_hourlygeneration USING (
    (SELECT current_setting('energysys.tenant', true)) = 'all'
    OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant))
);

-- After events are written: what people report of a plant fits into its installed capacity, and
-- what the engine invents into what that leaves. One pass over the edges of a plant's events serves
-- all of a statement's. The sum can only rise where an event starts.
-- Ending or reducing one is always allowed: the plant may have shrunk since it was reported.
-- A plan made while the table was small must not read all of it once it has grown.
CREATE FUNCTION incidents_check_event_v3()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off AS $$
DECLARE
    v_ids bigint[];
    v_free_mw numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        v_ids := ARRAY(SELECT id FROM new_event WHERE dismissed_at IS NULL);
    ELSE
        -- An invented one that a person changes counts from then on.
        v_ids := ARRAY(
            SELECT event.id
            FROM new_event AS event
            JOIN old_event AS former ON former.id = event.id
            WHERE event.dismissed_at IS NULL
              AND NOT (former.dismissed_at IS NULL AND event.period <@ former.period
                       AND event.affected_mw <= former.affected_mw
                       AND (event.invented_at IS NULL OR former.changed_by_id IS NOT NULL))
        );
    END IF;
    IF cardinality(v_ids) = 0 THEN
        RETURN NULL;
    END IF;
    WITH checked AS MATERIALIZED (
        SELECT plant_id, period, affected_mw,
               invented_at IS NOT NULL AND changed_by_id IS NULL AS is_invented
        FROM incidents_plantevent
        WHERE id = ANY (v_ids)
    ), touched AS MATERIALIZED (
        SELECT plant.id AS plant_id, plant.installed_capacity_mw, span.period
        FROM (
            SELECT plant_id, range_merge(range_agg(period)) AS period FROM checked GROUP BY plant_id
        ) AS span
        JOIN assets_powerplant AS plant ON plant.id = span.plant_id
    ), edge AS (
        SELECT plant_id, edge.at, sum(edge.mw) AS mw,
               coalesce(sum(edge.mw) FILTER (WHERE NOT rival.is_invented), 0) AS reported_mw
        FROM touched
        CROSS JOIN LATERAL (
            SELECT event.period, event.affected_mw,
                   invented_at IS NOT NULL AND changed_by_id IS NULL AS is_invented
            FROM incidents_plantevent AS event
            WHERE event.plant_id = touched.plant_id AND event.period && touched.period
              AND event.dismissed_at IS NULL
            OFFSET 0
        ) AS rival
        CROSS JOIN LATERAL (
            VALUES (lower(rival.period), rival.affected_mw),
                   (upper(rival.period), -rival.affected_mw)
        ) AS edge (at, mw)
        WHERE edge.at IS NOT NULL
        GROUP BY plant_id, edge.at
    ), level AS (
        SELECT plant_id, at, sum(mw) OVER since AS mw, sum(reported_mw) OVER since AS reported_mw
        FROM edge
        WINDOW since AS (PARTITION BY plant_id ORDER BY at)
    ), crowded AS MATERIALIZED (
        SELECT * FROM level JOIN touched USING (plant_id) WHERE level.mw > installed_capacity_mw
    )
    SELECT min(crowded.installed_capacity_mw - taken.mw + checked.affected_mw) INTO v_free_mw
    FROM crowded
    JOIN checked ON checked.plant_id = crowded.plant_id AND crowded.at <@ checked.period
    CROSS JOIN LATERAL (
        SELECT CASE WHEN checked.is_invented THEN crowded.mw ELSE crowded.reported_mw END AS mw
    ) AS taken
    WHERE taken.mw > crowded.installed_capacity_mw;
    IF v_free_mw IS NOT NULL THEN
        RAISE EXCEPTION 'only % MW are free in that period', trim_scale(v_free_mw)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_fits_installed_capacity';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER event_check_inserted AFTER INSERT ON incidents_plantevent
REFERENCING NEW TABLE AS new_event FOR EACH STATEMENT EXECUTE FUNCTION incidents_check_event_v3();

CREATE TRIGGER event_check_updated AFTER UPDATE ON incidents_plantevent
REFERENCING OLD TABLE AS old_event NEW TABLE AS new_event
FOR EACH STATEMENT EXECUTE FUNCTION incidents_check_event_v3();

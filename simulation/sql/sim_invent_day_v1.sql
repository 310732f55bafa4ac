-- Make the outages of [p_from, p_until) events, and compute again what they change in hours outside
-- [p_from, p_written_until), which the caller writes. There is such an hour only where an outage
-- was not invented in its time, or was by another seed. Returns those rows.
CREATE FUNCTION sim_invent_day_v1(
    p_from timestamptz, p_until timestamptz, p_written_until timestamptz, p_seed bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_before bigint[];
    v_before_from timestamptz[];
    v_after bigint[];
    v_after_until timestamptz[];
    v_written bigint := 0;
BEGIN
    SELECT array_agg(plant_id) FILTER (WHERE from_ts < p_from),
           array_agg(from_ts) FILTER (WHERE from_ts < p_from),
           array_agg(plant_id) FILTER (WHERE until_ts > p_written_until),
           array_agg(until_ts) FILTER (WHERE until_ts > p_written_until)
    INTO v_before, v_before_from, v_after, v_after_until
    FROM sim_invent_outages_v1(
        ARRAY(SELECT id FROM assets_powerplant ORDER BY id), p_from, p_until, p_seed);
    IF v_before IS NOT NULL THEN
        v_written := sim_recalculate_v2(
            v_before, v_before_from, array_fill(p_from, ARRAY[cardinality(v_before)]));
    END IF;
    IF v_after IS NOT NULL THEN
        v_written := v_written + sim_recalculate_v2(
            v_after, array_fill(p_written_until, ARRAY[cardinality(v_after)]), v_after_until);
    END IF;
    RETURN v_written;
END;
$$;

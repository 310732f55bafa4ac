-- Drop the partitions of UTC days that ended at or before p_before; return their days. Waiting
-- readers must not pile up behind the lock, so it gives up after two seconds and is tried again.
CREATE FUNCTION transparency_drop_days_v1(p_before timestamptz)
RETURNS SETOF date LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    v_name text;
    v_day date;
BEGIN
    FOR v_name IN
        SELECT child.relname
        FROM pg_inherits
        JOIN pg_class AS child ON child.oid = inhrelid
        WHERE inhparent = 'transparency_hourlygeneration'::regclass
        ORDER BY child.relname
    LOOP
        v_day := to_date(right(v_name, 8), 'YYYYMMDD');
        IF (v_day + 1)::timestamp AT TIME ZONE 'UTC' <= p_before THEN
            EXECUTE format('DROP TABLE %I', v_name);
            RETURN NEXT v_day;
        END IF;
    END LOOP;
END;
$$;

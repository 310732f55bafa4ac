-- Make the partition of a UTC day; return whether it is new. Attached, not created in place:
-- that would lock out everyone who reads the table.
CREATE FUNCTION transparency_ensure_day_v1(p_day date)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_name text := 'transparency_hourlygeneration_' || to_char(p_day, 'YYYYMMDD');
    v_from timestamptz := p_day::timestamp AT TIME ZONE 'UTC';
    v_until timestamptz := (p_day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(v_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE %I (LIKE transparency_hourlygeneration INCLUDING ALL,
         CHECK (ts >= %L AND ts < %L))', v_name, v_from, v_until);
    EXECUTE format(
        'ALTER TABLE transparency_hourlygeneration ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        v_name, v_from, v_until);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', v_name, v_name || '_ts_check');
    RETURN true;
END;
$$;

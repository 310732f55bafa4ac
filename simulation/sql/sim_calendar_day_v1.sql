-- The day that a text such as 2026-02-28 names, from 2000 to 2099; NULL for any other text.
CREATE FUNCTION sim_calendar_day_v1(p_text text)
RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN p_text ~ '^20[0-9]{2}-[0-9]{2}-[0-9]{2}$' THEN p_text::date END;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END;
$$;

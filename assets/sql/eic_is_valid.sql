-- Whether a text is an EIC of that type: 16 characters, the third the type, the last the check
-- character of ENTSO-E's reference manual (weights 16 to 2, modulo 37), which is never `-`.
CREATE FUNCTION eic_is_valid(p_eic text, p_type text)
RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT p_eic ~ '^[0-9A-Z-]{15}[0-9A-Z]$'
       AND substr(p_eic, 3, 1) = p_type
       AND substr(p_eic, 16, 1) = substr(
           '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-',
           37 - (
               SELECT (sum((17 - i) * (
                   strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-', substr(p_eic, i, 1)) - 1
               )) - 1) % 37
               FROM generate_series(1, 15) AS i
           )::integer,
           1
       )
$$;

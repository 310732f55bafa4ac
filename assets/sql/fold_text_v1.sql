-- Lower case without the marks of Turkish letters, the same under every locale: ı, İ and I are i.
-- The last of the letters, a dot that stands alone, is what other programs leave of İ.
CREATE FUNCTION fold_text_v1(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(
        translate(p_text, U&'ıİIşŞğĞüÜöÖçÇâÂîÎûÛ\0307', 'iiissgguuooccaaiiuu') COLLATE "C"
    )
$$;

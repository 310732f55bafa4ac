-- The value at p_x of the line through the points (p_xs, p_ys), level beyond both ends.
CREATE FUNCTION sim_interpolate_v1(p_x float8, p_xs float8[], p_ys float8[])
RETURNS float8 LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    v_place integer := width_bucket(p_x, p_xs);
BEGIN
    IF v_place = 0 THEN
        RETURN p_ys[1];
    END IF;
    IF v_place >= array_length(p_xs, 1) THEN
        RETURN p_ys[v_place];
    END IF;
    RETURN p_ys[v_place] + (p_ys[v_place + 1] - p_ys[v_place])
           * (p_x - p_xs[v_place]) / (p_xs[v_place + 1] - p_xs[v_place]);
END;
$$;

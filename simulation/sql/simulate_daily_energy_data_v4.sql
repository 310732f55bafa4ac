-- What the schedule calls at 00:00 UTC, and what anybody may call by hand, again and again.
CREATE FUNCTION simulate_daily_energy_data(day date)
RETURNS bigint LANGUAGE sql AS $$
    SELECT sim_simulate_day_v4(day, p_ahead => true)
$$;

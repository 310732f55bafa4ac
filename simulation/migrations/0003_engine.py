from django.db import migrations

from energysys.sql import install

FUNCTIONS = (
    "sim_number_v1",
    "sim_numbers_v1",
    "sim_interpolate_v1",
    "sim_between_v1",
    "sim_rounded_v1",
    "sim_normal_v1",
    "sim_uniform_v1",
    "sim_noise_components_v1",
    "sim_noise_v1",
    "sim_calendar_v1",
    "sim_shock_hours_v1",
    "sim_weather_hours_v1",
    "sim_dispatch_hours_v1",
    "sim_national_hours_v1",
    "sim_plant_kinds_v1",
    "sim_write_market_v1",
    "sim_outage_hours_v1",
    "sim_plant_hours_v1",
    "sim_lock_engine_v1",
    "sim_write_generation_v1",
    "sim_simulate_day_v1",
    "sim_catch_up_day_v1",
    "simulate_daily_energy_data",
    "delete_old_data",
    "sim_stored_span_v1",
    "sim_recalculate_v1",
    "sim_set_seed_v1",
)


class Migration(migrations.Migration):
    dependencies = [
        ("simulation", "0002_parameters"),
        ("incidents", "0002_rules"),
        ("transparency", "0002_hours"),
    ]

    operations = [
        *(install("simulation", name, f"DROP FUNCTION {name}") for name in FUNCTIONS),
        install(
            "simulation",
            "sim_follow_events_v1",
            """DROP TRIGGER sim_event_inserted ON incidents_plantevent;
            DROP TRIGGER sim_event_updated ON incidents_plantevent;
            DROP TRIGGER sim_event_deleted ON incidents_plantevent;
            DROP FUNCTION sim_follow_events_v1""",
        ),
        install(
            "simulation",
            "sim_follow_plants_v1",
            """DROP TRIGGER sim_plant_inserted ON assets_powerplant;
            DROP TRIGGER sim_plant_updated ON assets_powerplant;
            DROP TRIGGER sim_plant_deleted ON assets_powerplant;
            DROP FUNCTION sim_follow_plants_v1""",
        ),
    ]

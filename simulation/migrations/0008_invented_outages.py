import json
from importlib import resources

from django.db import migrations

from energysys.sql import install, replace

# The first versions stay for code that runs during an upgrade; only the triggers leave them.
FIRST_EVENT_TRIGGERS = """
    CREATE OR REPLACE TRIGGER sim_event_inserted AFTER INSERT ON incidents_plantevent
    REFERENCING NEW TABLE AS new_event
    FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_events_v1();
    CREATE OR REPLACE TRIGGER sim_event_updated AFTER UPDATE ON incidents_plantevent
    REFERENCING OLD TABLE AS old_event NEW TABLE AS new_event
    FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_events_v1();
    CREATE OR REPLACE TRIGGER sim_event_deleted AFTER DELETE ON incidents_plantevent
    REFERENCING OLD TABLE AS old_event
    FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_events_v1();
    DROP FUNCTION sim_follow_events_v2"""
FIRST_PLANT_TRIGGERS = """
    CREATE OR REPLACE TRIGGER sim_plant_inserted AFTER INSERT ON assets_powerplant
    REFERENCING NEW TABLE AS new_plant
    FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_plants_v1();
    CREATE OR REPLACE TRIGGER sim_plant_updated AFTER UPDATE ON assets_powerplant
    REFERENCING OLD TABLE AS old_plant NEW TABLE AS new_plant
    FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_plants_v1();
    CREATE OR REPLACE TRIGGER sim_plant_deleted AFTER DELETE ON assets_powerplant
    REFERENCING OLD TABLE AS old_plant
    FOR EACH STATEMENT EXECUTE FUNCTION sim_follow_plants_v1();
    DROP FUNCTION sim_follow_plants_v2"""
FUNCTIONS = (
    "sim_floats_v1",
    "sim_outage_kinds_v1",
    "sim_outage_episodes_v1",
    "sim_outages_v1",
    "sim_invent_outages_v1",
    "sim_invent_day_v1",
    "sim_follow_reports_v1",
)


def load(apps, schema_editor):
    source = resources.files("simulation").joinpath("data", "outages.json")
    Parameter = apps.get_model("simulation", "Parameter")
    for name, parameter in json.loads(source.read_text(encoding="utf-8")).items():
        Parameter.objects.using(schema_editor.connection.alias).create(name=name, **parameter)


def unload(apps, schema_editor):
    Parameter = apps.get_model("simulation", "Parameter")
    Parameter.objects.using(schema_editor.connection.alias).filter(
        name__in=("outage.reasons", "outage.partial_limits")
    ).delete()


class Migration(migrations.Migration):
    """Plants fail by themselves; the outages are events that yield to what people report."""

    dependencies = [
        ("simulation", "0007_calibration"),
        ("incidents", "0003_invented_outages"),
        ("assets", "0003_invented_outages"),
    ]

    operations = [
        migrations.RunPython(load, unload),
        *(install("simulation", name, f"DROP FUNCTION {name}") for name in FUNCTIONS),
        install(
            "simulation",
            "sim_share_engine_v1",
            "DROP TRIGGER sim_share_engine ON incidents_plantevent;"
            "DROP FUNCTION sim_share_engine_v1",
        ),
        install("simulation", "sim_follow_events_v2", FIRST_EVENT_TRIGGERS),
        install("simulation", "sim_follow_plants_v2", FIRST_PLANT_TRIGGERS),
        install(
            "simulation",
            "sim_follow_organizations_v1",
            "DROP TRIGGER sim_organization_updated ON assets_organization;"
            "DROP FUNCTION sim_follow_organizations_v1",
        ),
        replace("simulation", "sim_simulate_day_v2", "sim_simulate_day_v3"),
        replace("simulation", "sim_catch_up_day_v2", "sim_catch_up_day_v3"),
        replace("simulation", "simulate_daily_energy_data_v2", "simulate_daily_energy_data_v3"),
    ]

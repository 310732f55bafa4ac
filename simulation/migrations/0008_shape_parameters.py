import json
from importlib import resources

from django.db import migrations

from energysys.sql import replace

FUNCTIONS = (
    ("sim_shock_hours_v1", "sim_shock_hours_v2"),
    ("sim_calendar_v1", "sim_calendar_v2"),
    ("sim_weather_hours_v1", "sim_weather_hours_v2"),
    ("sim_dispatch_hours_v1", "sim_dispatch_hours_v2"),
    ("sim_national_hours_v1", "sim_national_hours_v2"),
    ("sim_write_market_v1", "sim_write_market_v2"),
    ("sim_plant_hours_v1", "sim_plant_hours_v2"),
    ("sim_write_generation_v1", "sim_write_generation_v2"),
    ("sim_recalculate_v1", "sim_recalculate_v2"),
    ("sim_follow_plants_v1", "sim_follow_plants_v2"),
    ("sim_follow_events_v1", "sim_follow_events_v2"),
    ("sim_simulate_day_v2", "sim_simulate_day_v3"),
    ("sim_catch_up_day_v2", "sim_catch_up_day_v3"),
    ("simulate_daily_energy_data_v2", "simulate_daily_energy_data_v3"),
)
# What was stored without a unit, or with one that says where to look.
UNITS = {
    "region.names": ("", "names, in the order in which tables by region hold them"),
    **dict.fromkeys(
        (
            "plant.wind", "plant.solar", "plant.hydro_river", "plant.natural_gas",
            "plant.hydro_dam", "plant.lignite", "plant.hard_coal", "plant.imported_coal",
            "plant.geothermal", "plant.biomass",
        ),
        (
            "see the architecture notes; size: MW above which a plant counts as several units and"
            " its own noise shrinks with the root",
            "size MW; site, noise, dev: sd of the driver; noise's third: h; fast: span of the"
            " driver; q1, q2, pmax: ratio of capacity; response: capacity factor, driver;"
            " plan_share, plan_scope: ratio",
        ),
    ),
}


def shape_parameters():
    source = resources.files("simulation").joinpath("data", "shape_parameters.json")
    return json.loads(source.read_text(encoding="utf-8"))


def load(apps, schema_editor):
    """Numbers that stood in functions: the results stay what they were."""
    parameters = apps.get_model("simulation", "Parameter").objects.using(
        schema_editor.connection.alias
    )
    parameters.bulk_create(
        apps.get_model("simulation", "Parameter")(name=name, **parameter)
        for name, parameter in shape_parameters().items()
    )
    for name, (_, unit) in UNITS.items():
        parameters.filter(name=name).update(unit=unit)


def forget(apps, schema_editor):
    parameters = apps.get_model("simulation", "Parameter").objects.using(
        schema_editor.connection.alias
    )
    parameters.filter(name__in=shape_parameters()).delete()
    for name, (unit, _) in UNITS.items():
        parameters.filter(name=name).update(unit=unit)


class Migration(migrations.Migration):
    dependencies = [("simulation", "0007_calibration")]

    operations = [
        migrations.RunPython(load, forget),
        *(replace("simulation", old, new) for old, new in FUNCTIONS),
    ]

import json
import math
from importlib import resources

from django.db import migrations

from energysys.sql import install, replace

# The engine as it was, and as it reads all its numbers and invents outages.
REPLACED = (
    ("sim_shock_hours_v1", "sim_shock_hours_v2"),
    ("sim_calendar_v1", "sim_calendar_v2"),
    ("sim_weather_hours_v1", "sim_weather_hours_v2"),
    ("sim_dispatch_hours_v1", "sim_dispatch_hours_v2"),
    ("sim_national_hours_v1", "sim_national_hours_v2"),
    ("sim_write_market_v1", "sim_write_market_v2"),
    ("sim_outage_hours_v1", "sim_outage_hours_v2"),
    ("sim_plant_hours_v1", "sim_plant_hours_v2"),
    ("sim_write_generation_v1", "sim_write_generation_v2"),
    ("sim_recalculate_v1", "sim_recalculate_v2"),
    ("sim_follow_plants_v1", "sim_follow_plants_v2"),
    ("sim_follow_events_v1", "sim_follow_events_v2"),
    ("sim_simulate_day_v1", "sim_simulate_day_v2"),
    ("sim_catch_up_day_v1", "sim_catch_up_day_v2"),
    ("simulate_daily_energy_data", "simulate_daily_energy_data_v2"),
)
ADDED = (
    "sim_stored_seed_v1",
    "sim_floats_v1",
    "sim_outage_kinds_v1",
    "sim_outage_span_v1",
    "sim_outage_episodes_v1",
    "sim_outages_v1",
    "sim_invent_outages_v1",
    "sim_invent_day_v1",
    "sim_follow_reports_v1",
)


GAIN_SOURCE = "; over the share of time without outages (parameter outage)"


def numbers(name):
    source = resources.files("simulation").joinpath("data", name)
    return json.loads(source.read_text(encoding="utf-8"))


def load(apps, schema_editor):
    parameters = apps.get_model("simulation", "Parameter").objects.using(
        schema_editor.connection.alias
    )
    for name, parameter in numbers("outages.json").items():
        parameters.update_or_create(name=name, defaults=parameter)
    change_curves(parameters, 1)


def unload(apps, schema_editor):
    parameters = apps.get_model("simulation", "Parameter").objects.using(
        schema_editor.connection.alias
    )
    change_curves(parameters, -1)
    parameters.filter(name__in=("outage.reasons", "outage.partial_limits")).delete()
    parameters.filter(name="outage").update(**numbers("parameters.json")["outage"])


def change_curves(parameters, direction):
    """The country's output contains its outages, so a plant that has none gives more."""
    for fuel, kind in parameters.get(name="outage").value.items():
        plant = parameters.get(name=f"plant.{fuel}")
        for factor in ("q1", "q2"):
            changed = plant.value[factor] * (1 - lost_share(kind)) ** -direction
            plant.value[factor] = round(changed, 6)
        plant.source = plant.source.removesuffix(GAIN_SOURCE)
        plant.source += GAIN_SOURCE if direction == 1 else ""
        plant.save()


def lost_share(kind):
    """The share of its capacity that a plant lacks on average."""
    ranks, hours = kind["hours"]
    mean_hours = sum(
        (until - since) * (longer - shorter) / math.log(longer / shorter)
        for since, until, shorter, longer in zip(ranks, ranks[1:], hours, hours[1:], strict=False)
    )
    mean_loss = kind["full"] + (1 - kind["full"]) * kind["partial_mean"]
    return kind["per_year"] * mean_hours * mean_loss / 8766


class Migration(migrations.Migration):
    """Plants fail by themselves; the outages are events that yield to what people report."""

    dependencies = [
        ("simulation", "0008_shape_parameters"),
        ("incidents", "0003_invented_outages"),
        ("assets", "0003_invented_outages"),
    ]

    operations = [
        migrations.RunPython(load, unload),
        *(install("simulation", name, f"DROP FUNCTION {name}") for name in ADDED),
        install(
            "simulation",
            "sim_share_engine_v1",
            "DROP TRIGGER sim_share_engine ON incidents_plantevent;"
            "DROP FUNCTION sim_share_engine_v1",
        ),
        install(
            "simulation",
            "sim_follow_organizations_v1",
            "DROP TRIGGER sim_organization_updated ON assets_organization;"
            "DROP FUNCTION sim_follow_organizations_v1",
        ),
        *(replace("simulation", old, new) for old, new in REPLACED),
    ]

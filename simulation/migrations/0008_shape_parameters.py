import json
from importlib import resources

from django.db import migrations

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

    operations = [migrations.RunPython(load, forget)]

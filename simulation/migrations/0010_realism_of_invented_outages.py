import json
from importlib import resources

from django.db import migrations

from energysys.sql import replace


def load(apps, schema_editor):
    """How many days a figure needs, as found in the hours of 2025; the sun by month and hour."""
    source = resources.files("simulation").joinpath("data", "calibration.json")
    figures = json.loads(source.read_text(encoding="utf-8"))
    figure = apps.get_model("simulation", "CalibrationFigure")
    for name, fields in figures.items():
        figure.objects.using(schema_editor.connection.alias).update_or_create(
            name=name, defaults=fields
        )


class Migration(migrations.Migration):
    dependencies = [("simulation", "0009_invented_outages")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        replace("simulation", "realism_outages_v1", "realism_outages_v2"),
    ]

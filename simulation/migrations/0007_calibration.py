import json
from importlib import resources

from django.db import migrations, models

from energysys.sql import install

FUNCTIONS = (
    "realism_hours_v1",
    "realism_consumption_v1",
    "realism_prices_v1",
    "realism_generation_v1",
    "realism_plants_v1",
    "realism_outages_v1",
)


def load(apps, schema_editor):
    """The figures of the real market; a later change of one is a migration of its own."""
    source = resources.files("simulation").joinpath("data", "calibration.json")
    figures = json.loads(source.read_text(encoding="utf-8"))
    figure = apps.get_model("simulation", "CalibrationFigure")
    figure.objects.using(schema_editor.connection.alias).bulk_create(
        figure(name=name, **fields) for name, fields in figures.items()
    )


class Migration(migrations.Migration):
    dependencies = [("simulation", "0006_scenarios"), ("incidents", "0003_invented_outages")]

    operations = [
        migrations.CreateModel(
            name='CalibrationFigure',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('least_days', models.PositiveSmallIntegerField(default=0)),
                ('unit', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=200)),
            ],
            options={
                'db_table': 'simulation_calibration',
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
        *(install("simulation", name, f"DROP FUNCTION {name}") for name in FUNCTIONS),
    ]

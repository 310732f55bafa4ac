import json
from importlib import resources

from django.db import migrations


def load(apps, schema_editor):
    """The first numbers of the model; a later change of one is a migration of its own."""
    source = resources.files("simulation").joinpath("data", "parameters_v1.json")
    numbers = json.loads(source.read_text(encoding="utf-8"))
    rows = {
        "Parameter": numbers["parameters"],
        "Fuel": numbers["fuels"],
        "PriceLimit": numbers["price_limits"],
        "Holiday": numbers["holidays"],
        "Profile": [
            {
                "series": series,
                "month": month,
                "hour": hour,
                "value": value,
                "unit": profile["unit"],
                "source": profile["source"],
            }
            for series, profile in numbers["profiles"].items()
            for month, hours in enumerate(profile["months"], start=1)
            for hour, value in enumerate(hours)
        ],
        "Settings": [{"id": 1}],
    }
    for name, values in rows.items():
        model = apps.get_model("simulation", name)
        model.objects.using(schema_editor.connection.alias).bulk_create(
            model(**value) for value in values
        )


class Migration(migrations.Migration):
    dependencies = [("simulation", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]

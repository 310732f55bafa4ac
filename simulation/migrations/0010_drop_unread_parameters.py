import json
from importlib import resources

from django.db import migrations

UNREAD = ("smf.imbalance_mwh", "solar.cloud_sd")


def forget(apps, schema_editor):
    """No function reads these numbers."""
    parameters = apps.get_model("simulation", "Parameter").objects
    parameters.using(schema_editor.connection.alias).filter(name__in=UNREAD).delete()


def load(apps, schema_editor):
    source = resources.files("simulation").joinpath("data", "parameters.json")
    stored = json.loads(source.read_text(encoding="utf-8"))
    parameter = apps.get_model("simulation", "Parameter")
    parameter.objects.using(schema_editor.connection.alias).bulk_create(
        parameter(name=name, **stored[name]) for name in UNREAD
    )


class Migration(migrations.Migration):
    dependencies = [("simulation", "0009_invented_outages")]

    operations = [migrations.RunPython(forget, load)]

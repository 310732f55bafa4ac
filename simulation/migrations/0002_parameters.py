import json
from importlib import resources

from django.db import migrations


def load(apps, schema_editor):
    """The first numbers of the model; a later change of one is a migration of its own."""
    source = resources.files("simulation").joinpath("data", "parameters.json")
    numbers = json.loads(source.read_text(encoding="utf-8"))
    database = schema_editor.connection.alias
    apps.get_model("simulation", "Parameter").objects.using(database).bulk_create(
        apps.get_model("simulation", "Parameter")(name=name, **parameter)
        for name, parameter in numbers.items()
    )
    apps.get_model("simulation", "Settings").objects.using(database).create(id=1)


class Migration(migrations.Migration):
    dependencies = [("simulation", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]

from django.db import migrations

from energysys.sql import replace


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_last_ended")]

    operations = [
        replace("incidents", "incidents_check_event_v2", "incidents_check_event_v3"),
    ]

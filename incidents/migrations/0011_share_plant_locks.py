from django.db import migrations

from energysys.sql import replace


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_check_together")]

    operations = [
        replace("incidents", "incidents_lock_plant_v1", "incidents_lock_plants_v1"),
        replace("incidents", "incidents_guard_event_v2", "incidents_guard_event_v3"),
        replace("incidents", "incidents_guard_capacity_v2", "incidents_guard_capacity_v3"),
    ]

from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("assets", "0002_tenancy")]

    operations = [
        install("incidents", "incidents_lock_plant_v1", "DROP FUNCTION incidents_lock_plant_v1"),
        install("incidents", "incidents_busy_mw_v1", "DROP FUNCTION incidents_busy_mw_v1"),
        install(
            "incidents",
            "incidents_guard_event_v1",
            "DROP TRIGGER event_guard ON incidents_plantevent;"
            "DROP FUNCTION incidents_guard_event_v1",
        ),
        install(
            "incidents",
            "incidents_check_event_v1",
            "DROP TRIGGER event_check ON incidents_plantevent;"
            "DROP FUNCTION incidents_check_event_v1",
        ),
        install(
            "incidents",
            "incidents_record_version_v1",
            "DROP TRIGGER event_record ON incidents_plantevent;"
            "DROP FUNCTION incidents_record_version_v1",
        ),
        install(
            "incidents",
            "incidents_guard_capacity_v1",
            "DROP TRIGGER plant_guard_capacity ON assets_powerplant;"
            "DROP FUNCTION incidents_guard_capacity_v1",
        ),
        install(
            "incidents",
            "incidents_tenancy_v1",
            """DROP POLICY tenant ON incidents_eventversion;
            DROP POLICY tenant ON incidents_plantevent;
            ALTER TABLE incidents_eventversion DISABLE ROW LEVEL SECURITY;
            ALTER TABLE incidents_plantevent DISABLE ROW LEVEL SECURITY""",
        ),
    ]

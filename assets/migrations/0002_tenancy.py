from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_initial")]

    operations = [
        install(
            "assets",
            "assets_tenancy_v1",
            """DROP POLICY tenant ON assets_powerplant;
            DROP POLICY tenant ON assets_organization;
            ALTER TABLE assets_powerplant DISABLE ROW LEVEL SECURITY;
            ALTER TABLE assets_organization DISABLE ROW LEVEL SECURITY""",
        ),
    ]

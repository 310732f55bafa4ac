from django.db import migrations

from energysys.sql import install

FORMER_POLICIES = """
    ALTER POLICY tenant ON assets_organization USING (
        (SELECT current_setting('energysys.tenant', true)) IN ('all', id::text));
    ALTER POLICY tenant ON assets_powerplant USING (
        (SELECT current_setting('energysys.tenant', true)) IN ('all', organization_id::text))"""


class Migration(migrations.Migration):
    dependencies = [("assets", "0004_fold_text")]

    operations = [install("assets", "assets_tenancy_v2", FORMER_POLICIES)]

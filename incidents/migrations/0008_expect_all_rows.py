from django.db import migrations

from energysys.sql import install

FORMER_POLICY = """
    ALTER POLICY tenant ON incidents_plantevent USING (
        (invented_at IS NULL
         OR reported_at <= statement_timestamp()
            AND (dismissed_at IS NULL OR dismissed_at >= reported_at))
        AND ((SELECT current_setting('energysys.tenant', true)) = 'all'
             OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant))))"""


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0005_expect_all_rows"),
        ("incidents", "0007_name_versions"),
    ]

    operations = [install("incidents", "incidents_tenancy_v3", FORMER_POLICY)]

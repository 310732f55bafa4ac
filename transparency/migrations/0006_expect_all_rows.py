from django.db import migrations

from energysys.sql import install, replace

FORMER_POLICY = """
    ALTER POLICY tenant ON transparency_hourlygeneration USING (
        (SELECT current_setting('energysys.tenant', true)) = 'all'
        OR plant_id = ANY (ARRAY(SELECT id FROM assets_powerplant)))"""


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0005_expect_all_rows"),
        ("incidents", "0008_expect_all_rows"),
        ("transparency", "0005_invented_outages"),
    ]

    operations = [
        install("transparency", "transparency_tenancy_v2", FORMER_POLICY),
        replace("transparency", "published_generation_v1", "published_generation_v2"),
        replace("transparency", "national_generation_v1", "national_generation_v2"),
        replace("transparency", "plant_availability_v2", "plant_availability_v3"),
        replace("transparency", "national_availability_v2", "national_availability_v3"),
    ]

from django.db import migrations

from energysys.sql import replace


class Migration(migrations.Migration):
    dependencies = [
        ("transparency", "0004_market_rules"),
        ("incidents", "0003_invented_outages"),
    ]

    operations = [
        replace("transparency", f"{name}_v1", f"{name}_v2")
        for name in ("plant_availability", "national_availability")
    ]

from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("transparency", "0003_write_counter")]

    operations = [
        install("transparency", name, f"DROP FUNCTION {name}")
        for name in (
            "price_ceiling_v1",
            "system_direction_v1",
            "imbalance_prices_v1",
            "national_generation_v1",
            "plant_availability_v1",
            "national_availability_v1",
            "yekdem_capacity_v1",
        )
    ]

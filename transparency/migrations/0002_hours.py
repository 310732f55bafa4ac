from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("transparency", "0001_initial"), ("assets", "0002_tenancy")]

    operations = [
        install(
            "transparency",
            "transparency_hourlygeneration",
            "DROP TABLE transparency_hourlygeneration",
        ),
        *(
            install("transparency", name, f"DROP FUNCTION {name}")
            for name in (
                "turkish_midnight_v1",
                "published_prices_v1",
                "published_consumption_v1",
                "published_generation_v1",
                "transparency_ensure_day_v1",
                "transparency_drop_days_v1",
                "transparency_import_hours_v1",
            )
        ),
    ]

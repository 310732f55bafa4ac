from django.db import migrations, models

from energysys.sql import install

COUNTED = (
    "assets_organization",
    "assets_powerplant",
    "incidents_plantevent",
    "transparency_hourlygeneration",
    "transparency_hourlyprice",
    "transparency_hourlyconsumption",
    "accounts_user",
)


class Migration(migrations.Migration):
    dependencies = [
        ("transparency", "0002_hours"),
        ("accounts", "0001_initial"),
        ("incidents", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="WriteCounter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("writes", models.BigIntegerField()),
            ],
        ),
        install(
            "transparency",
            "transparency_count_writes_v1",
            "".join(f"DROP TRIGGER count_writes ON {table};" for table in COUNTED)
            + "DROP FUNCTION transparency_count_writes_v1",
        ),
    ]

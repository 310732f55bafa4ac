from django.db import migrations, models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from energysys.sql import replace


class Migration(migrations.Migration):
    """The ledger says which scenario a run had; a scenario may name the seed of its market."""

    dependencies = [("simulation", "0003_engine")]

    operations = [
        migrations.AddField(
            "simulationrun", "scenario", models.JSONField(null=True, verbose_name="scenario")
        ),
        # Nothing could set a scenario until now.
        migrations.RunSQL(
            """UPDATE simulation_simulationrun SET scenario = '{}'
               WHERE kind = 'simulate' AND outcome = 'succeeded'""",
            migrations.RunSQL.noop,
        ),
        migrations.RenameField("settings", "seed", "default_seed"),
        migrations.AlterField(
            "settings",
            "default_seed",
            models.BigIntegerField(default=2026, verbose_name="seed without a scenario"),
        ),
        migrations.AddField(
            "settings",
            "seed",
            models.GeneratedField(
                db_persist=True,
                expression=Coalesce(
                    Cast(KT("scenario__seed"), models.BigIntegerField()), models.F("default_seed")
                ),
                output_field=models.BigIntegerField(),
                verbose_name="seed",
            ),
        ),
        replace("simulation", "sim_set_seed_v1", "sim_set_seed_v2"),
    ]

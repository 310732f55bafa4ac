from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("simulation", "0004_scenario_of_a_run"), ("transparency", "0003_write_counter")]

    operations = [
        install(
            "simulation",
            "simulation_count_runs",
            "DROP TRIGGER count_writes ON simulation_simulationrun",
        )
    ]

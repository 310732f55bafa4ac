from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    """A scenario can be chosen, and a mistaken one cannot."""

    dependencies = [("simulation", "0005_count_runs")]

    operations = [
        install("simulation", "sim_calendar_day_v1", "DROP FUNCTION sim_calendar_day_v1"),
        install("simulation", "sim_scenario_mistakes_v1", "DROP FUNCTION sim_scenario_mistakes_v1"),
        install(
            "simulation",
            "sim_check_scenario_v1",
            """DROP TRIGGER sim_scenario_checked ON simulation_settings;
            DROP FUNCTION sim_check_scenario_v1""",
        ),
        install("simulation", "sim_set_scenario_v1", "DROP FUNCTION sim_set_scenario_v1"),
    ]

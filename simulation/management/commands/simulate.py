"""`manage.py simulate --from D --to D [--scenario FILE]`"""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from energysys.clock import calendar_day
from simulation import engine
from simulation.models import Settings
from simulation.scenario import RefusedScenarioError, choose_scenario

BAR = 30
SCENARIO_HELP = (
    "a JSON file of shocks, in force from now on for all that is simulated; none: as usual again"
)


class Command(BaseCommand):
    help = "Simulate UTC days, both ends included; any range, any order, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", required=True, type=calendar_day)
        parser.add_argument("--to", dest="last", required=True, type=calendar_day)
        parser.add_argument("--scenario", metavar="FILE", help=SCENARIO_HELP)

    def handle(
        self, *, first: dt.date, last: dt.date, scenario: str | None, **options: Any
    ) -> None:
        days = (last - first).days + 1
        if days < 1:
            raise CommandError("--to lies before --from.")
        if scenario is not None:
            self.choose(scenario)
        total = 0
        for number, (day, written) in enumerate(engine.simulate_days(first, last), start=1):
            total += written
            if self.stdout.isatty():
                done = BAR * number // days
                bar = "█" * done + "░" * (BAR - done)
                self.stdout.write(f"\r{bar} {number}/{days} {day}", ending="")
                self.stdout.flush()
        self.stdout.write(f"\nSimulated {days} days, {total:,} rows written.")

    def choose(self, scenario: str) -> None:
        try:
            choose_scenario(scenario)
        except RefusedScenarioError as error:
            raise CommandError(f"Nothing was simulated. {scenario}:\n{error}") from error
        self.stdout.write(f"{Settings.objects.get()}.")

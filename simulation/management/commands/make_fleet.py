"""`manage.py make_fleet --plants 400 [--organizations 40]`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from simulation.fleet import PLANT_SHARES, make_fleet

# A country has some thousand; every plant has 24 rows a day.
MOST_PLANTS = 100_000


class Command(BaseCommand):
    help = "Make a national fleet with the country's fuel mix, for benchmarks and demos."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plants", type=int, required=True)
        parser.add_argument("--organizations", type=int, default=40)

    def handle(self, *, plants: int, organizations: int, **options: Any) -> None:
        if plants < len(PLANT_SHARES):
            raise CommandError(f"--plants is at least {len(PLANT_SHARES)}, one for each fuel.")
        if plants > MOST_PLANTS:
            raise CommandError(f"--plants is at most {MOST_PLANTS:,}.")
        if organizations < 1:
            raise CommandError("--organizations is at least 1.")
        made = make_fleet(plants, organizations)
        self.stdout.write(f"Made {made:,} plants; {plants - made:,} were there.")

"""`manage.py import_market FILE.csv`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from transparency.market_import import RefusedFileError, import_market


class Command(BaseCommand):
    help = (
        "Load published hours (timestamp, actual_consumption, demand_forecast, ptf, smf). "
        "A file with a bad row is refused whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            hours = import_market(file)
        except RefusedFileError as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        self.stdout.write(f"Imported {hours:,} hours.")

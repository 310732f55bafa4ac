"""`manage.py bulk_export {organizations,plants,users,events} FILE.{csv,xlsx} --by USERNAME`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from energysys.bulk import bulk_export
from energysys.sheets import WRITERS
from incidents.management.commands.bulk_import import TABLES, person


class Command(BaseCommand):
    help = "Write the rows that a person may change into a file that `bulk_import` takes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(TABLES))
        parser.add_argument("file", type=Path, help="ends in .csv or .xlsx")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="on whose behalf")

    def handle(self, *, kind: str, file: Path, by: str, **options: Any) -> None:
        table = TABLES[kind]
        write = WRITERS.get(file.suffix.lower().removeprefix("."))
        if write is None:
            raise CommandError("The file's name must end in .csv or .xlsx.")
        rows = list(bulk_export(table, person(by, table)))
        try:
            file.write_bytes(write(table.columns, rows))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        self.stdout.write(f"Wrote {len(rows):,} rows.")

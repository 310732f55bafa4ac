"""`manage.py bulk_import {organizations,plants,users,events} FILE --by USERNAME`"""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.access import can_create
from accounts.imports import USERS
from accounts.models import User
from assets.imports import ORGANIZATIONS, PLANTS
from energysys.bulk import BulkTable, Report
from energysys.imports import bulk_import
from energysys.sheet_reading import read_sheet
from incidents.imports import EVENTS

TABLES = {table.kind: table for table in (ORGANIZATIONS, PLANTS, USERS, EVENTS)}


def person(username: str, table: BulkTable) -> User:
    """The person on whose behalf a command acts, with that person's rights and rows."""
    try:
        user = User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        raise CommandError(f"There is no user {username}.") from None
    if not user.is_active or not can_create(user, table.model):
        raise CommandError(f"{username} may not import {table.kind}.")
    return user


class Command(BaseCommand):
    help = "Import rows from a CSV or XLSX file: all of them, or none and every error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(TABLES))
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="on whose behalf")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *, kind: str, file: Path, by: str, dry_run: bool, **options: Any) -> None:
        table = TABLES[kind]
        try:
            sheet = read_sheet(file.read_bytes())
            report = bulk_import(table, sheet, person(by, table), dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except ValidationError as refusal:
            raise CommandError("\n".join(["Nothing was imported.", *refusal.messages])) from refusal
        self.stdout.writelines(told(report))
        if report.errors:
            wrong = [f"row {row.row}, {e.column}: {e.detail}" for row, e in report.errors]
            raise CommandError("\n".join(["Nothing was imported.", *wrong]))
        self.stdout.write("Imported." if report.applied else "Nothing was written: a dry run.")


def told(report: Report) -> list[str]:
    lines = [
        f"row {row.row}, {row.key}: {row.action.value}"
        + "".join(f"\n    {c.column}: {c.before!r} → {c.after!r}" for c in row.changes)
        for row in report.rows
        if row.changes
    ]
    return [*lines, ", ".join(f"{count} {action}" for action, count in report.counts.items())]

"""`manage.py prune [--at ISO-8601]`"""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from simulation import engine


class Command(BaseCommand):
    help = "Drop simulated UTC days past retention, as the nightly task does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=dt.datetime.fromisoformat, help="default: now")

    def handle(self, *, at: dt.datetime | None, **options: Any) -> None:
        if at is not None and at.tzinfo is None:
            raise CommandError("--at needs an offset, such as 2026-11-22T03:30:00Z.")
        # Retention counts from that instant: in the future it would reach today and tomorrow.
        if at is not None and at > timezone.now():
            raise CommandError("--at lies in the future; hours not yet past retention would go.")
        days = engine.prune(at or timezone.now())
        self.stdout.write(f"Dropped {days} days.")

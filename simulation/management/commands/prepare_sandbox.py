"""What `manage.py sandbox` does in Django before it serves: migrate, demo, market, static files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from energysys.translations import compile_translations
from simulation import engine
from simulation.demo import make_demo, set_passwords


class Command(BaseCommand):
    help = "Make an empty or older database ready for the sandbox; every step is safe to repeat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", required=True)
        parser.add_argument("--fresh", action="store_true", help="empty the database first")

    def handle(self, *, password: str, fresh: bool, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("This is for `manage.py sandbox`, which sets SANDBOX.")
        compile_translations()
        with ThreadPoolExecutor(1) as beside:
            statics = beside.submit(collect_static)
            self.prepare_database(password, fresh)
            statics.result()

    def prepare_database(self, password: str, fresh: bool) -> None:
        now = timezone.now()
        if fresh:
            empty_database()
        self.stdout.write("Migrating …")
        call_command("migrate", verbosity=0)
        if make_demo(password, now):
            self.stdout.write("Made the demo organizations, plants, users and events.")
        else:
            set_passwords(password)
        written = engine.catch_up(now)
        if written:
            self.stdout.write(f"Simulated the last days and the day ahead: {written:,} rows.")


def empty_database() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def collect_static() -> None:
    """Collect and hash the static files unless none is newer than the last time."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    sources = [path for root in settings.STATICFILES_DIRS for path in Path(root).rglob("*")]
    newest = max((path.stat().st_mtime for path in sources), default=0.0)
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, verbosity=0)

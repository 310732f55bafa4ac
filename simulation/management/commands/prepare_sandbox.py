"""What `manage.py sandbox` does in Django before it serves: migrate, demo, market, static files."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from energysys import packages
from energysys.apps import Statics
from energysys.embedded import stop_child
from simulation import engine
from simulation.demo import make_demo, set_passwords
from simulation.models import Settings
from simulation.scenario import RefusedScenarioError, choose_scenario


class Command(BaseCommand):
    help = "Make an empty or older database ready for the sandbox; every step is safe to repeat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", required=True)
        parser.add_argument("--fresh", action="store_true", help="empty the database first")
        parser.add_argument("--scenario", help="a JSON file of shocks, or none")

    def handle(self, *, password: str, fresh: bool, scenario: str | None, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("This is for `manage.py sandbox`, which sets SANDBOX.")
        installing = packages.start_install(log=Path(settings.STATIC_ROOT).with_name("npm.log"))
        with ThreadPoolExecutor(1) as beside:
            statics = beside.submit(self.prepare_statics, installing)
            self.prepare_database(password, fresh, scenario)
            statics.result()

    def prepare_statics(self, installing: subprocess.Popen[bytes] | None) -> None:
        if installing:
            try:
                installing.wait(packages.PATIENCE_S)
            except subprocess.TimeoutExpired:
                stop_child(installing)
        if not packages.are_installed():
            self.stdout.write("Without its npm packages: the pages work, in plainer type.")
        collect_static()

    def prepare_database(self, password: str, fresh: bool, scenario: str | None) -> None:
        now = timezone.now()
        if fresh:
            empty_database()
        self.stdout.write("Migrating …")
        call_command("migrate", verbosity=0)
        if make_demo(password, now):
            self.stdout.write("Made the demo organizations, plants, users and events.")
        else:
            set_passwords(password)
        if scenario is not None:
            self.choose(scenario)
        written = engine.catch_up(now)
        if written:
            self.stdout.write(f"Simulated the last days and the day ahead: {written:,} rows.")

    def choose(self, scenario: str) -> None:
        try:
            choose_scenario(scenario)
        except RefusedScenarioError as error:
            raise CommandError(f"--scenario {scenario}:\n{error}") from error
        self.stdout.write(f"{Settings.objects.get()}.")


def empty_database() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def collect_static() -> None:
    """Collect and hash the static files unless none is newer than the last time."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    sources = [
        storage.path(name)
        for finder in get_finders()
        for name, storage in finder.list(Statics.ignore_patterns)
    ]
    newest = max(Path(source).stat().st_mtime for source in sources)
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, verbosity=0)

"""Django's command of this name needs msgfmt; this one does not."""

from typing import Any

from django.core.management.base import BaseCommand

from energysys.translations import compile_translations


class Command(BaseCommand):
    help = "Compile the translations that have changed."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Compiled {compile_translations()} files.")

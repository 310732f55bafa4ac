"""`migrate` as the owner role, then the application role's grants."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from energysys.sql import grant_to_application


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        executor = MigrationExecutor(connections[options["database"]])
        # Half-way there are tables that the grants name and that do not exist.
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            grant_to_application(options["database"])

"""SQL kept in files: what migrations install, and what the application role is granted."""

import re
from importlib import resources

from django.conf import settings
from django.db import connections, migrations
from psycopg import sql

CREATE_FUNCTION = re.compile(r"^CREATE (?:OR REPLACE )?FUNCTION (\w+)", re.MULTILINE)
CREATE_TRIGGER = re.compile(r"^CREATE (?:CONSTRAINT )?TRIGGER (\w+) .+? ON (\w+)", re.MULTILINE)


def read(package: str, name: str) -> str:
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def install(package: str, name: str, undo: str) -> migrations.RunSQL:
    """Run `<package>/sql/<name>.sql`; reversing runs `undo`."""
    return migrations.RunSQL([(read(package, name), None)], undo)


def replace(package: str, old: str, new: str) -> migrations.RunSQL:
    """Drop the function of one file, and its triggers, and create those of its next version.

    Reversing goes back.
    """
    before, after = read(package, old), read(package, new)
    return migrations.RunSQL(
        [(drop(before), None), (after, None)],
        [
            # The versions that an older body calls may come back only after it.
            ("SET LOCAL check_function_bodies = off", None),
            (drop(after), None),
            (before, None),
        ],
    )


def drop(source: str) -> str:
    """What undoes the SQL of a file: one function with its triggers."""
    (function,) = CREATE_FUNCTION.findall(source)
    triggers = CREATE_TRIGGER.findall(source)
    return "".join(
        [
            *(f"DROP TRIGGER {name} ON {table}; " for name, table in triggers),
            f"DROP FUNCTION {function}",
        ]
    )


def grant_to_application(alias: str) -> None:
    """Let the role of `default` use what the role of `alias` has made, and no more."""
    role = settings.DATABASES["default"]["USER"]
    connection = connections[alias]
    if role == connection.settings_dict["USER"]:
        return
    with connection.cursor() as cursor:
        statement = sql.SQL(read("energysys", "grants")).format(
            app=sql.Identifier(role), app_text=sql.SQL(sql.Identifier(role).as_string())
        )
        cursor.execute(statement)

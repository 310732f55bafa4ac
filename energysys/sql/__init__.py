"""SQL kept in files: what migrations install, and what the application role is granted."""

from importlib import resources

from django.conf import settings
from django.db import connections, migrations
from psycopg import sql


def read(package: str, name: str) -> str:
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def install(package: str, name: str, undo: str) -> migrations.RunSQL:
    """Run `<package>/sql/<name>.sql`; reversing runs `undo`."""
    return migrations.RunSQL([(read(package, name), None)], undo)


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

"""The migrations run down to zero and up again, and end where they began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

# What belongs to an extension came with it and stays with it.
FUNCTIONS = """
    FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"""
RELATIONS = """
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname !~ '^django_migrations'"""

CATALOG = {
    "relations": f"""
        SELECT relname, relkind, relrowsecurity, relforcerowsecurity, relacl::text,
               pg_get_userbyid(relowner) {RELATIONS}""",
    "columns": f"""
        SELECT relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
               attgenerated, pg_get_expr(adbin, adrelid)
        FROM (SELECT oid, relname {RELATIONS}) AS relation
        JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum""",
    "indexes": f"SELECT pg_get_indexdef(oid) {RELATIONS} AND relkind IN ('i', 'I')",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
          AND conrelid <> 'django_migrations'::regclass""",
    "functions": f"""
        SELECT pg_get_functiondef(oid), proacl::text, pg_get_userbyid(proowner) {FUNCTIONS}
          AND prokind = 'f'""",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check
        FROM pg_policies WHERE schemaname = 'public'""",
    "types": """
        SELECT typname FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e') AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')""",
}


@pytest.fixture
def scratch(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The owner's connection, turned to an empty database of its own for the test."""
    owner = connections["owner"]
    name = owner.settings_dict["NAME"]
    with django_db_blocker.unblock():
        owner.close()
        with owner._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}_zero"')
            cursor.execute(f'CREATE DATABASE "{name}_zero"')
        owner.settings_dict["NAME"] = f"{name}_zero"
        try:
            yield owner
        finally:
            owner.close()
            owner.settings_dict["NAME"] = name
            with owner._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}_zero"')


def read_catalog(connection: Any) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        return {
            kind: sorted(str(row) for row in cursor.execute(query).fetchall())
            for kind, query in CATALOG.items()
        }


def migrate_to_zero(connection: Any) -> None:
    for app in sorted(MigrationLoader(connection).migrated_apps):
        call_command("migrate", app, "zero", verbosity=0)


def test_migrations_run_down_to_zero_and_up_again(scratch: Any) -> None:
    call_command("migrate", verbosity=0)
    before = read_catalog(scratch)
    with scratch.cursor() as cursor:
        cursor.execute("SELECT simulate_daily_energy_data('2026-01-15')")

    migrate_to_zero(scratch)

    assert {kind: rows for kind, rows in read_catalog(scratch).items() if rows} == {}

    call_command("migrate", verbosity=0)

    after = read_catalog(scratch)
    for kind, rows in before.items():
        assert rows or kind == "types"
        assert after[kind] == rows

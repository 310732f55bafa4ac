"""What holds for the whole: functions in files, two roles, rows of one organization only."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from energysys.sql import CREATE_FUNCTION
from energysys.testing import PASSWORD, api_client, make_event, make_world
from incidents.models import Webhook, WebhookMessage
from simulation import engine

FIXED_SEARCH_PATH = "search_path=public, pg_temp"
# What operators call keeps its name; only its file names the version.
ENTRY_POINTS = {"simulate_daily_energy_data", "delete_old_data"}
# Versions that a migration has dropped again; their files stay.
RETIRED: frozenset[str] = frozenset(
    {
        "incidents_busy_mw_v1",
        "incidents_check_event_v1",
        "incidents_check_event_v2",
        "incidents_guard_capacity_v1",
        "incidents_guard_capacity_v2",
        "incidents_guard_event_v1",
        "incidents_guard_event_v2",
        "incidents_lock_plant_v1",
        "national_availability_v1",
        "national_availability_v2",
        "national_generation_v1",
        "plant_availability_v1",
        "plant_availability_v2",
        "published_generation_v1",
        "sim_calendar_v1",
        "sim_catch_up_day_v1",
        "sim_dispatch_hours_v1",
        "sim_follow_events_v1",
        "sim_follow_plants_v1",
        "sim_national_hours_v1",
        "sim_outage_hours_v1",
        "sim_plant_hours_v1",
        "sim_recalculate_v1",
        "sim_set_seed_v1",
        "sim_shock_hours_v1",
        "sim_simulate_day_v1",
        "sim_weather_hours_v1",
        "sim_write_generation_v1",
        "sim_write_market_v1",
    }
)
TENANT_TABLES = (
    "assets_organization",
    "assets_powerplant",
    "incidents_eventversion",
    "incidents_plantevent",
    "incidents_webhook",
    "incidents_webhookattempt",
    "incidents_webhookmessage",
    "transparency_hourlygeneration",
)
# Authentication reads it before anybody is known; `visible_to` cuts it.
READ_BEFORE_LOGIN = "accounts_user"
DAY = dt.date(2026, 3, 10)

FORBIDDEN = [
    "DELETE FROM incidents_plantevent",
    "DELETE FROM incidents_eventversion",
    "INSERT INTO incidents_eventversion (event_id) VALUES (1)",
    "UPDATE incidents_eventversion SET reason = ''",
    "DELETE FROM simulation_simulationrun",
    "UPDATE simulation_simulationrun SET outcome = 'succeeded'",
    "UPDATE simulation_settings SET default_seed = 1",
    "UPDATE simulation_settings SET scenario = '{}'",
    "UPDATE simulation_parameter SET unit = ''",
    "UPDATE simulation_calibration SET low = 0",
    "DELETE FROM simulation_hourstate",
    "UPDATE transparency_writecounter SET writes = 0",
    "DELETE FROM django_migrations",
    "TRUNCATE assets_organization CASCADE",
    "ALTER TABLE assets_powerplant DISABLE ROW LEVEL SECURITY",
    "DROP POLICY tenant ON assets_powerplant",
    "DROP FUNCTION delete_old_data",
    "CREATE TABLE notes (note text)",
    *(
        statement
        for table in (
            "transparency_hourlyconsumption",
            "transparency_hourlygeneration",
            "transparency_hourlyprice",
        )
        for statement in (
            f"INSERT INTO {table} (ts) VALUES (now())",
            f"UPDATE {table} SET ts = ts",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
        )
    ),
]


def rows(query: str, *parameters: Any, using: Any = connection) -> list[tuple[Any, ...]]:
    with using.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def values(query: str, *parameters: Any, using: Any = connection) -> list[Any]:
    return [value for (value,) in rows(query, *parameters, using=using)]


def sql_files() -> Iterator[tuple[Path, list[str]]]:
    """Every SQL file of an app with the functions that it creates."""
    for path in sorted(Path(settings.BASE_DIR).glob("*/sql/*.sql")):
        yield path, CREATE_FUNCTION.findall(path.read_text(encoding="utf-8"))


def named_by(path: Path) -> set[str]:
    return {path.stem} | {re.sub(r"_v\d+$", "", path.stem)} & ENTRY_POINTS


def seen(using: Any = connection) -> dict[str, int]:
    """How many rows of each tenant table the connection sees."""
    return {
        table: values(f"SELECT count(*) FROM {table}", using=using)[0] for table in TENANT_TABLES
    }


def become_tenant(tenant: str, using: Any = connection) -> None:
    with using.cursor() as cursor:
        cursor.execute("SELECT set_config('energysys.tenant', %s, false)", [tenant])


def fill(world: SimpleNamespace) -> None:
    """A webhook with its log and an event of each organization, and hours of both plants."""
    for organization in (world.organization, world.other_organization):
        Webhook.objects.create(organization=organization, url="https://example.com/")
    make_event(world.plant)
    make_event(world.other_plant)
    for message in WebhookMessage.objects.all():
        message.attempts.create(started_at=message.created_at, duration_ms=1)
    engine.simulate_day(DAY, ahead=False)


def test_a_file_holds_one_function_and_bears_its_name() -> None:
    misnamed = {
        path.name: names
        for path, names in sql_files()
        if len(names) > 1 or not named_by(path).issuperset(names)
    }

    assert misnamed == {}


def test_functions_of_the_database_are_those_in_files(db: None) -> None:
    installed = values(
        """SELECT proname FROM pg_proc
           WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
               SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"""
    )

    assert sorted(installed) == sorted(
        {name for _, names in sql_files() for name in names} - RETIRED
    )


def test_functions_with_the_owners_rights_have_a_fixed_search_path(db: None) -> None:
    powerful = rows(
        """SELECT proname, coalesce(proconfig, '{}') FROM pg_proc
           WHERE prosecdef AND pronamespace = 'public'::regnamespace"""
    )

    assert powerful
    assert [name for name, config in powerful if FIXED_SEARCH_PATH not in config] == []


def test_nobody_but_the_application_may_call_the_functions(db: None) -> None:
    callable_by_all = values(
        """SELECT proname FROM pg_proc
           JOIN pg_roles AS owner ON owner.oid = proowner AND owner.rolname = %s
           CROSS JOIN LATERAL aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
           WHERE pronamespace = 'public'::regnamespace AND acl.grantee = 0""",
        connections["owner"].settings_dict["USER"],
    )

    assert callable_by_all == []


def test_application_role_has_no_power(db: None) -> None:
    assert rows(
        """SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
                  pg_has_role(current_user, %s, 'MEMBER'),
                  has_schema_privilege('public', 'CREATE'),
                  has_database_privilege(current_database(), 'CREATE')
           FROM pg_roles WHERE rolname = current_user""",
        connections["owner"].settings_dict["USER"],
    ) == [(False,) * 8]


def test_application_role_owns_nothing(db: None) -> None:
    owned = rows(
        """SELECT classid::regclass::text, objid FROM pg_shdepend
           WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
             AND refobjid = current_user::regrole"""
    )

    assert owned == []


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_application_role_may_not(db: None, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_tables_that_lead_to_an_organization_have_row_security(db: None) -> None:
    leading = values(
        """SELECT DISTINCT relname FROM pg_class
           JOIN pg_attribute ON attrelid = pg_class.oid AND NOT attisdropped
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
             AND NOT relispartition AND attname IN (
                 'organization_id', 'plant_id', 'event_id', 'webhook_id', 'message_id')"""
    )
    secured = values("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relispartition")

    assert {*leading, "assets_organization"} == {*TENANT_TABLES, READ_BEFORE_LOGIN}
    assert sorted(secured) == sorted(TENANT_TABLES)


def test_partitions_cannot_be_read_past_the_policy(world: SimpleNamespace) -> None:
    fill(world)

    readable = rows(
        """SELECT inhrelid::regclass::text, has_table_privilege(inhrelid, 'SELECT')
           FROM pg_inherits WHERE inhparent = 'transparency_hourlygeneration'::regclass"""
    )

    assert readable
    assert [name for name, may in readable if may] == []


def test_a_tenant_sees_its_own_rows_only(world: SimpleNamespace) -> None:
    fill(world)
    everything = seen()

    become_tenant(str(world.organization.pk))

    assert seen() == {table: count / 2 for table, count in everything.items()}
    assert values("SELECT eic FROM assets_organization") == [world.organization.eic]
    assert values("SELECT eic FROM assets_powerplant") == [world.plant.eic]
    for table in ("incidents_plantevent", "transparency_hourlygeneration"):
        assert set(values(f"SELECT plant_id FROM {table}")) == {world.plant.pk}
    assert values(
        """SELECT plant_id FROM incidents_eventversion AS version
           LEFT JOIN incidents_plantevent AS event ON event.id = event_id"""
    ) == [world.plant.pk]


@pytest.mark.parametrize("tenant", ["", "0", "ALL", "-1", "1 OR true"])
def test_an_unknown_tenant_sees_nothing(world: SimpleNamespace, tenant: str) -> None:
    fill(world)

    become_tenant(tenant)

    assert set(seen().values()) == {0}


def test_a_tenant_cannot_write_rows_of_another(world: SimpleNamespace) -> None:
    event = make_event(world.other_plant)

    become_tenant(str(world.organization.pk))

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make_event(world.other_plant)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE incidents_plantevent SET reason = '' WHERE id = %s", [event.pk])
        assert cursor.rowcount == 0
        cursor.execute("UPDATE assets_powerplant SET name = '' WHERE id <> %s", [world.plant.pk])
        assert cursor.rowcount == 0


def test_a_connection_without_a_tenant_sees_nothing(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    fill(world)
    # As gunicorn connects: the setting does not exist until a request makes it.
    monkeypatch.delenv("PGOPTIONS")
    fresh = connection.copy()
    try:
        assert set(seen(fresh).values()) == {0}

        become_tenant(str(world.other_organization.pk), fresh)

        assert values("SELECT eic FROM assets_powerplant", using=fresh) == [world.other_plant.eic]
    finally:
        fresh.close()


def test_logs_hold_no_secret_and_no_query(
    client: Client, world: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    person = world.people["admin"]
    secrets = ["hunter2-of-nobody", PASSWORD, "query-of-nobody"]
    caplog.set_level(logging.INFO)

    client.post(reverse("accounts:login"), {"username": "nova", "password": secrets[0]})
    client.post(reverse("api-token"), {"username": "nova", "password": secrets[0]})
    tokens = client.post(reverse("api-token"), {"username": "nova", "password": PASSWORD}).json()
    client.post(reverse("api-token-refresh"), {"refresh": tokens["refresh"] + "x"})
    client.get("/nowhere", {"q": secrets[2]})
    api_client(person).get(reverse("api-prices"), {"nothing": secrets[2]})
    api_client(person).get("/api/v1/nowhere", {"q": secrets[2]})
    client.get(reverse("api-me"), headers={"authorization": f"Bearer {tokens['access']}x"})

    assert "/nowhere" in caplog.text
    assert [secret for secret in (*secrets, *tokens.values()) if secret in caplog.text] == []

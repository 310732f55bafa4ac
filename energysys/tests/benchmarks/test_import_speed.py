"""How long files take to import, against a plain loop of saves. Asserts no time.

uv run pytest -m benchmark -s energysys/tests/benchmarks/test_import_speed.py
"""

import time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts.imports import USERS
from accounts.models import User
from assets.imports import ORGANIZATIONS, PLANTS
from assets.models import Organization, PowerPlant
from energysys.clock import DAY, HOUR, utc_date
from energysys.imports import bulk_import
from energysys.sheet_reading import read_sheet
from energysys.sheets import write_csv
from energysys.testing import organization_eic, plant_eic
from incidents.imports import EVENTS
from simulation import engine
from simulation.fleet import make_fleet

pytestmark = pytest.mark.benchmark

# So many rows are saved one by one to tell what all of them would take.
SAMPLE = 100


@pytest.fixture
def fleet(committed):
    """400 plants of 40 organizations that fail by themselves, and eight days of hours."""
    make_fleet(400, 40)
    today = utc_date(timezone.now())
    for age in range(7, -1, -1):
        engine.simulate_day(today - age * DAY)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return User.objects.create_superuser("super", "correct horse battery")


def event_rows(count):
    """Events of two hours, one after another in each plant, from three days ago."""
    plants = list(PowerPlant.objects.filter(installed_capacity_mw__gt=1).order_by("pk"))
    first = timezone.now().replace(minute=0, second=0, microsecond=0) - 3 * DAY
    for number in range(count):
        start = first + number // len(plants) * 6 * HOUR
        yield {
            "plant": plants[number % len(plants)].eic,
            "event_type": "maintenance" if number % 3 else "failure",
            "reason": f"reason {number}",
            "affected_mw": Decimal("0.5"),
            "start": start.isoformat(),
            "end": (start + 2 * HOUR).isoformat(),
        }


def organization_rows(count):
    for number in range(count):
        yield {"eic": organization_eic(900_000 + number), "name": f"Organization {number}"}


def plant_rows(count):
    owner = Organization.objects.order_by("pk")[0].eic
    for number in range(count):
        yield {
            "eic": plant_eic(900_000 + number),
            "name": f"Plant {number}",
            "organization": owner,
            "fuel_type": "wind",
            "installed_capacity_mw": Decimal("12.5"),
            "is_yekdem": True,
            "is_res": True,
        }


def user_rows(count):
    owner = Organization.objects.order_by("pk")[0].eic
    for number in range(count):
        yield {
            "username": f"person{number}",
            "full_name": f"Person {number}",
            "role": "analyst",
            "organization": owner,
        }


def file_of(rows):
    return write_csv(list(rows[0]), [list(row.values()) for row in rows])


def seconds(run):
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def imported(table, content, by, dry_run):
    report = bulk_import(table, read_sheet(content), by, dry_run=dry_run)
    assert not report.errors, report.errors[:3]
    return report


def save_one_by_one(table, rows, by):
    """What a script would do that gives each row to the API's serializer."""
    with transaction.atomic():
        for row in rows:
            serializer = table.serializer(context={"request": SimpleNamespace(user=by)}, data=row)
            serializer.is_valid(raise_exception=True)
            serializer.save()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("table", "make_rows", "count"),
    [
        (EVENTS, event_rows, 5000),
        (ORGANIZATIONS, organization_rows, 500),
        (PLANTS, plant_rows, 2000),
        (USERS, user_rows, 500),
    ],
    ids=["events", "organizations", "plants", "users"],
)
def test_a_file(fleet, table, make_rows, count):
    rows = list(make_rows(count))
    content = file_of(rows)
    one_by_one = seconds(lambda: save_one_by_one(table, rows[:SAMPLE], fleet)) / SAMPLE * count
    dry = seconds(lambda: imported(table, content, fleet, dry_run=True))
    real = seconds(lambda: imported(table, content, fleet, dry_run=False))

    print(
        f"\n{count:,} {table.kind}: dry run {dry:.1f} s, import {real:.1f} s;"
        f" saved one by one {one_by_one:.0f} s, ratio {one_by_one / real:.0f}"
    )

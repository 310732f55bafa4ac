"""How long pages take on a national fleet. Asserts no time.

uv run pytest -m benchmark -s energysys/tests/benchmarks/test_page_speed.py
"""

import datetime as dt
import statistics
import time
from decimal import Decimal

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts.access import Role
from accounts.models import User
from assets.models import Organization, PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, utc_date
from energysys.testing import PASSWORD
from incidents.models import PlantEvent
from simulation import engine
from simulation.fleet import make_fleet

pytestmark = pytest.mark.benchmark

PLANTS = 2000
EVENTS_EACH = 5
ROUNDS = 40


@pytest.fixture
def fleet(committed):
    """2,000 plants of 40 organizations, 10,000 events, a week of hours, 41 people."""
    make_fleet(PLANTS, 40)
    now = timezone.now()
    PlantEvent.objects.bulk_create(
        PlantEvent(
            plant=plant,
            event_type="failure" if number % 2 else "maintenance",
            reason=f"reason {number}",
            affected_mw=(plant.installed_capacity_mw / 10).quantize(Decimal("0.001")),
            starts_at=start,
            ends_at=start + 9 * HOUR,
        )
        for n, plant in enumerate(PowerPlant.objects.filter(installed_capacity_mw__gt=1))
        for number in range(EVENTS_EACH)
        for start in [now + dt.timedelta(hours=n % 72 - 48 * number)]
    )
    for age in range(7, -1, -1):
        engine.simulate_day(utc_date(now) - age * DAY)
    for organization in Organization.objects.all():
        User.objects.create_user(
            f"admin{organization.pk}", PASSWORD, role=Role.ADMIN, organization=organization
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return User.objects.create_superuser("super", PASSWORD)


def test_pages_on_2000_plants(client, fleet):
    client.force_login(fleet)
    today = turkish_date(timezone.now())
    week = f"?start={today - 6 * DAY}&end={today}"
    plant, event = PowerPlant.objects.first(), PlantEvent.objects.first()
    addresses = [
        reverse("assets:organizations"),
        reverse("assets:plants"),
        reverse("assets:plants") + "?status=failure&sort=-available",
        reverse("assets:plants") + "?q=res&page=2",
        reverse("accounts:users"),
        reverse("incidents:events"),
        reverse("incidents:events") + "?state=running&fuel_type=wind&sort=-affected",
        reverse("incidents:events") + "?q=reason+3",
        reverse("incidents:report"),
        reverse("incidents:plan"),
        plant.get_absolute_url(),
        event.get_absolute_url(),
        reverse("dashboard"),
        reverse("transparency:prices") + week,
        reverse("transparency:consumption") + week,
        reverse("transparency:generation"),
        reverse("transparency:generation") + week + "&by=fuel",
        reverse("transparency:generation") + week + "&by=plant&fuel_type=wind",
    ]
    for address in addresses:
        times = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            response = client.get(address)
            times.append(1000 * (time.perf_counter() - began))
            assert response.status_code == 200
        p95 = statistics.quantiles(times, n=20)[-1]
        median = statistics.median(times)
        print(f"{address:60} p50 {median:6.0f} ms  p95 {p95:6.0f} ms  {len(response.content):8}")

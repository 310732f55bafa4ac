"""The first page by role, and that it is told of changes and of nothing else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.clock import HOUR, turkish_date, turkish_midnight
from energysys.testing import make_event, make_plant
from incidents.models import lost_mwh_in
from transparency import dashboards

PANELS = {
    "super_admin": ("curve", "statuses", "open-events", "runs"),
    "admin": ("curve", "open-events", "my-plants"),
    "analyst": ("curve", "deviation", "demand"),
}


@pytest.mark.parametrize("role", PANELS)
def test_each_role_has_its_panels(client, world, role):
    client.force_login(world.people[role])

    page = client.get(reverse("dashboard")).content.decode()

    every = {name for panels in PANELS.values() for name in panels}
    shown = {name for name in every if f'id="{name}"' in page}
    assert shown >= set(PANELS[role])
    assert ("runs" in shown) == (role == "super_admin")


def poll(client, tag=None):
    headers = {"HX-Request": "true"} | ({"If-None-Match": tag} if tag else {})
    return client.get(reverse("dashboard"), headers=headers)


@pytest.fixture
def still(monkeypatch):
    """A clock step so wide that no test crosses it."""
    monkeypatch.setattr(dashboards, "CLOCK_STEP", dt.timedelta(days=10_000))


def test_a_poll_costs_a_304_until_something_changes(client, world, still):
    client.force_login(world.people["admin"])
    first = poll(client)

    unchanged = poll(client, first["ETag"])
    make_event(world.plant)
    changed = poll(client, first["ETag"])

    assert (first.status_code, unchanged.status_code, changed.status_code) == (200, 304, 200)
    assert unchanged.content == b""
    assert "turbine trip" in changed.content.decode()
    assert changed["ETag"] != first["ETag"]


def test_the_page_carries_the_tag_that_its_polls_send(client, world, still):
    client.force_login(world.people["analyst"])

    page = client.get(reverse("dashboard"))

    assert poll(client, page.context["etag"]).status_code == 304


def test_an_unchanged_poll_leaves_the_hours_alone(
    client, world, still, django_assert_max_num_queries
):
    client.force_login(world.people["super_admin"])
    tag = poll(client)["ETag"]

    with django_assert_max_num_queries(5) as queries:
        poll(client, tag)

    assert not any("hourly" in query["sql"] for query in queries.captured_queries)


def test_what_one_organization_sees_does_not_answer_another(client, world, still):
    client.force_login(world.people["admin"])
    tag = poll(client)["ETag"]
    client.force_login(world.people["outsider"])

    assert poll(client, tag).status_code == 200


def test_todays_outages_cost_their_mw_for_the_hours_they_cover(client, world):
    client.force_login(world.people["admin"])
    midnight = turkish_midnight(turkish_date(timezone.now()))
    make_event(
        world.plant,
        affected_mw=Decimal(10),
        starts_at=midnight - 2 * HOUR,
        ends_at=midnight + 90 * HOUR / 60,
    )
    make_event(world.plant, affected_mw=Decimal(5), starts_at=midnight + 20 * HOUR)
    make_event(world.other_plant, affected_mw=Decimal(90), starts_at=midnight)

    board = client.get(reverse("dashboard")).context["board"]

    assert board.event_sums["expected_mwh"] == pytest.approx(10 * 1.5 + 5 * 4)
    first_hour = board.events.aggregate(mwh=lost_mwh_in(midnight, midnight + HOUR))
    assert first_hour["mwh"] == pytest.approx(10)
    assert {event.plant_id for event in board.events} == {world.plant.pk}


def test_outages_lie_in_lanes_under_the_prices(client, world):
    client.force_login(world.people["admin"])
    second = make_plant(world.organization, 7)
    make_event(world.plant, affected_mw=Decimal(10))
    make_event(second, affected_mw=Decimal(60))
    board = client.get(reverse("dashboard")).context["board"]

    chart = board.price_chart

    assert [lane.name for lane in chart.lanes] == [second.name, world.plant.name]
    assert (chart.end - chart.start).days == 2


def test_a_plant_that_needs_a_look_stands_first(client, world):
    client.force_login(world.people["admin"])
    make_plant(world.organization, 7, installed_capacity_mw=Decimal(900))
    make_event(world.plant, ends_at=timezone.now() + HOUR)

    rows = client.get(reverse("dashboard")).context["board"].plant_rows

    assert [row.plant.status for row in rows] == ["failure", "active"]
    assert rows[0].next_change
    assert rows[1].next_change == ""

"""Organizations, plants, and a plant's own page."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.testing import each_cell, make_event, make_plant

LISTS = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("assets:organizations", "get", 200, 200, 200, 200),
    ("assets:plants", "get", 200, 200, 200, 200),
]
PLANT = [("assets:plant", "get", 200, 200, 200, 404)]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(LISTS))
def test_asset_list_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page)).status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PLANT))
def test_plant_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page, args=[world.plant.eic])).status_code == status


def listed(client, page, **query):
    return list(client.get(reverse(page), query).context["page_obj"].object_list)


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_lists_show_ones_own_organization_only(client, world, role):
    client.force_login(world.people[role])

    assert listed(client, "assets:plants") == [world.plant]
    assert listed(client, "assets:organizations") == [world.organization]


def test_plants_are_found_by_text_fuel_and_status(client, world):
    client.force_login(world.people["admin"])
    wind = make_plant(world.organization, 3, name="Wind farm", fuel_type="wind", is_res=True)
    make_event(world.plant)

    assert listed(client, "assets:plants", q="FARM") == [wind]
    assert listed(client, "assets:plants", fuel_type="wind") == [wind]
    assert listed(client, "assets:plants", status="failure") == [world.plant]
    assert listed(client, "assets:plants", status="active") == [wind]


@pytest.mark.parametrize("query", [{"status": "asleep"}, {"fuel_type": "peat"}])
def test_a_bad_filter_shows_its_error_and_no_row(client, world, query):
    client.force_login(world.people["admin"])

    response = client.get(reverse("assets:plants"), query)

    assert response.status_code == 200
    assert response.context["filter"].form.errors
    assert list(response.context["page_obj"].object_list) == []


def test_a_filter_does_not_reveal_another_organization(client, world):
    client.force_login(world.people["admin"])

    response = client.get(reverse("assets:plants"), {"organization": world.other_organization.eic})

    assert "organization" in response.context["filter"].form.errors
    assert world.other_organization.name not in response.content.decode()


def test_htmx_gets_the_table_alone(client, world):
    client.force_login(world.people["admin"])

    response = client.get(reverse("assets:plants"), headers={"HX-Request": "true"})

    assert b"<html" not in response.content
    assert b'id="plants"' in response.content


def test_plant_page_shows_what_is_left_and_what_runs(client, world):
    client.force_login(world.people["analyst"])
    running = make_event(world.plant, affected_mw=Decimal("12.5"))
    make_event(
        world.plant,
        starts_at=timezone.now() - dt.timedelta(days=3),
        ends_at=timezone.now() - dt.timedelta(days=2),
    )

    context = client.get(world.plant.get_absolute_url()).context

    assert context["plant"].available_mw == Decimal("87.5")
    assert context["plant"].status == "failure"
    assert list(context["events"]) == [running]
    assert context["may_report"] is False


def test_plant_lists_take_few_queries(client, world, django_assert_max_num_queries):
    client.force_login(world.people["admin"])
    for number in range(3, 9):
        make_event(make_plant(world.organization, number))

    with django_assert_max_num_queries(12):
        client.get(reverse("assets:plants"))
    with django_assert_max_num_queries(12):
        client.get(reverse("assets:organizations"))
    with django_assert_max_num_queries(12):
        client.get(world.plant.get_absolute_url())

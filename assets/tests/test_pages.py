"""Organizations, plants, and a plant's own page."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from assets.availability import available_steps, lowest_by_day
from assets.models import Organization, PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.testing import each_cell, make_event, make_plant, organization_eic, plant_eic

LISTS = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("assets:organizations", "get", 200, 200, 200, 200),
    ("assets:plants", "get", 200, 200, 200, 200),
    ("assets:import_organizations", "get", 200, 403, 403, 403),
    ("assets:import_organizations", "post", 422, 403, 403, 403),
    ("assets:import_plants", "get", 200, 403, 403, 403),
    ("assets:import_plants", "post", 422, 403, 403, 403),
    ("assets:new_organization", "get", 200, 403, 403, 403),
    ("assets:new_organization", "post", 422, 403, 403, 403),
    ("assets:new_plant", "get", 200, 403, 403, 403),
    ("assets:new_plant", "post", 422, 403, 403, 403),
]
PLANT = [
    ("assets:plant", "get", 200, 200, 200, 404),
    ("assets:edit_plant", "get", 200, 403, 403, 404),
    ("assets:edit_plant", "post", 422, 403, 403, 404),
]
ORGANIZATION = [
    ("assets:organization", "get", 200, 200, 200, 404),
    ("assets:edit_organization", "get", 200, 403, 403, 404),
    ("assets:edit_organization", "post", 422, 403, 403, 404),
]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(LISTS))
def test_asset_list_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page)).status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PLANT))
def test_plant_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page, args=[world.plant.eic])).status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(ORGANIZATION))
def test_organization_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    address = reverse(page, args=[world.organization.eic])

    assert getattr(client, method)(address).status_code == status


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
        starts_at=timezone.now() - dt.timedelta(days=9),
        ends_at=timezone.now() - dt.timedelta(days=8),
    )

    context = client.get(world.plant.get_absolute_url()).context

    assert context["plant"].available_mw == Decimal("87.5")
    assert context["plant"].status == "failure"
    assert list(context["events"]) == [running]
    assert context["may_report"] is False


def test_a_plant_page_shows_the_lowest_capacity_of_each_day_ahead(client, world):
    client.force_login(world.people["analyst"])
    tomorrow = turkish_midnight(turkish_date(timezone.now())) + DAY
    make_event(
        world.plant,
        affected_mw=Decimal(30),
        event_type="maintenance",
        starts_at=tomorrow + 10 * HOUR,
        ends_at=tomorrow + 12 * HOUR,
    )
    make_event(
        world.plant,
        affected_mw=Decimal(20),
        starts_at=tomorrow + 11 * HOUR,
        ends_at=tomorrow + DAY,
    )

    response = client.get(world.plant.get_absolute_url())

    days = list(lowest_by_day(plant_steps(world.plant)))
    assert len(days) == 14
    assert [entry.step.available_mw for entry in days[:3]] == [100, 50, 100]
    assert response.content.decode().count('<li><svg class="day-bar"') == 14


def plant_steps(plant):
    now = timezone.now()
    end = turkish_midnight(turkish_date(now)) + 14 * DAY
    return available_steps(plant.installed_capacity_mw, plant.events.all(), now, end)


def test_available_capacity_bends_at_the_minute_of_an_event(world):
    start = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    trip = make_event(
        world.plant,
        affected_mw=Decimal("12.5"),
        starts_at=start + dt.timedelta(hours=3, minutes=17),
        ends_at=start + dt.timedelta(hours=5, minutes=42),
    )

    steps = available_steps(Decimal(100), [trip], start, start + DAY)

    assert [(step.start, step.available_mw) for step in steps] == [
        (start, 100),
        (trip.starts_at, Decimal("87.5")),
        (trip.ends_at, 100),
    ]


def test_a_super_admin_registers_an_organization_and_its_plant(client, world):
    client.force_login(world.people["super_admin"])

    client.post(
        reverse("assets:new_organization"), {"name": "Efes", "eic": organization_eic(9).lower()}
    )
    efes = Organization.objects.get(name="Efes")
    response = client.post(
        reverse("assets:new_plant"),
        {
            "name": "Efes RES",
            "eic": plant_eic(9),
            "organization": efes.eic,
            "fuel_type": "wind",
            "installed_capacity_mw": "42,5",
            "is_res": "on",
            "is_yekdem": "on",
        },
    )

    plant = efes.plants.get()
    assert response.url == plant.get_absolute_url()
    assert (plant.installed_capacity_mw, plant.is_yekdem) == (Decimal("42.5"), True)


PLANT_ENTRY = {
    "name": "Efes RES",
    "fuel_type": "wind",
    "installed_capacity_mw": "42",
    "is_res": "on",
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "\0"}, "name"),
        ({"eic": "40W"}, "eic"),
        ({"eic": plant_eic(1)}, "eic"),
        ({"eic": organization_eic(9)}, "eic"),
        ({"organization": "40X000000000000X"}, "organization"),
        ({"fuel_type": "peat"}, "fuel_type"),
        ({"installed_capacity_mw": "0"}, "installed_capacity_mw"),
        ({"installed_capacity_mw": "1_0"}, "installed_capacity_mw"),
        ({"installed_capacity_mw": "1e9"}, "installed_capacity_mw"),
        ({"fuel_type": "lignite"}, "is_res"),
        ({"is_res": "", "is_yekdem": "on"}, "is_yekdem"),
    ],
)
def test_a_bad_plant_is_refused_at_its_field(client, world, change, field):
    client.force_login(world.people["super_admin"])
    entry = PLANT_ENTRY | {"eic": plant_eic(9), "organization": world.organization.eic}

    response = client.post(reverse("assets:new_plant"), entry | change)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert PowerPlant.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "NOVA ENERJI"}, "name"),
        ({"eic": organization_eic(1)}, "eic"),
        ({"eic": ""}, "eic"),
    ],
)
def test_a_bad_organization_is_refused_at_its_field(client, world, change, field):
    client.force_login(world.people["super_admin"])

    response = client.post(
        reverse("assets:new_organization"), {"name": "Efes", "eic": organization_eic(9)} | change
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_a_plant_does_not_shrink_below_its_events_and_says_by_how_much(client, world):
    client.force_login(world.people["super_admin"])
    client.cookies["django_language"] = "en"
    make_event(world.plant)

    response = client.post(
        reverse("assets:edit_plant", args=[world.plant.eic]),
        {
            "name": world.plant.name,
            "eic": world.plant.eic,
            "organization": world.organization.eic,
            "fuel_type": "natural_gas",
            "installed_capacity_mw": "39.9",
        },
    )

    assert response.context["form"].errors["installed_capacity_mw"] == [
        "Running and coming events take 40 MW of this plant."
    ]


@pytest.mark.parametrize(
    ("page", "sort", "names"),
    [
        ("assets:plants", "name", ["Alpha", "Plant 1", "Plant 2"]),
        ("assets:plants", "-name", ["Plant 2", "Plant 1", "Alpha"]),
        ("assets:plants", "-installed", ["Alpha", "Plant 2", "Plant 1"]),
        ("assets:plants", "available", ["Plant 1", "Plant 2", "Alpha"]),
        ("assets:organizations", "-name", ["Nova Enerji", "Bora Elektrik"]),
        ("assets:organizations", "-plants", ["Nova Enerji", "Bora Elektrik"]),
    ],
)
def test_lists_are_sorted_by_link(client, world, page, sort, names):
    client.force_login(world.people["super_admin"])
    make_plant(world.organization, 3, name="Alpha", installed_capacity_mw=Decimal(300))
    make_event(world.plant)

    response = client.get(reverse(page), {"sort": sort})

    assert [row.name for row in response.context["page_obj"]] == names
    direction = "descending" if sort.startswith("-") else "ascending"
    assert response.content.decode().count(f'aria-sort="{direction}"') == 1


def test_an_unknown_order_is_an_error_and_not_ignored(client, world):
    client.force_login(world.people["super_admin"])

    response = client.get(reverse("assets:plants"), {"sort": "colour"})

    assert "sort" in response.context["filter"].form.errors
    assert list(response.context["page_obj"]) == []


def test_the_facets_of_plants_count_what_the_other_filters_leave(client, world):
    client.force_login(world.people["admin"])
    make_plant(world.organization, 3, fuel_type="wind", is_res=True)
    make_event(world.plant)

    def counts(**query):
        facets = client.get(reverse("assets:plants"), query).context["facets"]
        return {facet.value: facet.rows for facet in facets}

    assert counts() == {"": 2, "active": 1, "maintenance": 0, "failure": 1}
    assert counts(status="failure") == counts()
    assert counts(fuel_type="wind") == {"": 1, "active": 1, "maintenance": 0, "failure": 0}


@pytest.mark.parametrize("page", ["assets:plants", "assets:organizations"])
def test_asset_lists_take_few_queries(client, world, page, django_assert_max_num_queries):
    client.force_login(world.people["super_admin"])
    for number in range(3, 9):
        make_event(make_plant(world.organization, number))

    with django_assert_max_num_queries(8):
        client.get(reverse(page))


def test_record_pages_take_few_queries(client, world, django_assert_max_num_queries):
    client.force_login(world.people["super_admin"])
    for number in range(3, 9):
        make_event(make_plant(world.organization, number))

    for record in (world.plant, world.organization):
        with django_assert_max_num_queries(12):
            client.get(record.get_absolute_url())

"""Organizations and plants: what the database refuses, and how the API says so."""

import pytest
from django.db import IntegrityError

from assets.models import Organization, PowerPlant
from energysys.testing import api_client, make_event, make_plant, organization_eic, plant_eic


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"installed_capacity_mw": 0}, "plant_capacity_is_positive"),
        ({"installed_capacity_mw": -1}, "plant_capacity_is_positive"),
        ({"fuel_type": "nuclear"}, "plant_fuel_is_known"),
        ({"eic": organization_eic(5)}, "plant_eic_is_valid"),
        ({"eic": plant_eic(1)}, "eic"),
        ({"is_res": True}, "plant_is_renewable_only_with_such_a_fuel"),
        ({"is_yekdem": True, "fuel_type": "wind"}, "plant_in_yekdem_is_renewable"),
    ],
)
def test_the_database_refuses(world, change, rule):
    with pytest.raises(IntegrityError, match=rule):
        make_plant(world.organization, 9, **change)


def test_organizations_differ_in_name_and_code(world):
    with pytest.raises(IntegrityError, match="organization_name_is_unique"):
        Organization.objects.create(name="NOVA ENERJI", eic=organization_eic(9))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"eic": "40W"}, "/eic"),
        ({"eic": organization_eic(5)}, "/eic"),
        ({"eic": plant_eic(1)}, "/eic"),
        ({"installed_capacity_mw": 0}, "/installed_capacity_mw"),
        ({"installed_capacity_mw": "much"}, "/installed_capacity_mw"),
        ({"installed_capacity_mw": 10**9}, "/installed_capacity_mw"),
        ({"installed_capacity_mw": "NaN"}, "/installed_capacity_mw"),
        ({"fuel_type": "nuclear"}, "/fuel_type"),
        ({"organization": organization_eic(99)}, "/organization"),
        ({"is_res": False, "is_yekdem": True}, "/is_yekdem"),
        ({"fuel_type": "lignite", "is_res": True, "is_yekdem": False}, "/is_res"),
        ({"name": ""}, "/name"),
        ({"name": "\x00"}, "/name"),
    ],
)
def test_the_api_refuses_at_the_field(world, change, pointer):
    body = {
        "name": "Nova RES",
        "eic": plant_eic(50),
        "organization": world.organization.eic,
        "fuel_type": "wind",
        "installed_capacity_mw": 12.5,
        "is_res": True,
    }

    answer = api_client(world.people["super_admin"]).post("/api/v1/plants/", body | change)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert PowerPlant.objects.count() == 2


def test_a_plant_shrinks_only_to_what_its_events_take(world):
    make_event(world.plant, affected_mw=60)
    client = api_client(world.people["super_admin"])

    refused = client.patch(
        f"/api/v1/plants/{world.plant.eic}/",
        {"installed_capacity_mw": 59.999},
        headers={"if-match": "*"},
    )
    taken = client.patch(
        f"/api/v1/plants/{world.plant.eic}/",
        {"installed_capacity_mw": 60},
        headers={"if-match": "*"},
    )

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/installed_capacity_mw"
    assert "60" in refused.json()["errors"][0]["detail"]
    assert taken.status_code == 200
    assert taken.json()["available_mw"] == 0


def test_a_plant_tells_what_it_can_offer_now(world):
    make_event(world.plant, affected_mw=40)
    make_event(world.plant, affected_mw=25, event_type="maintenance")

    plant = api_client(world.people["analyst"]).get("/api/v1/plants/").json()["results"][0]

    assert plant == {
        "eic": world.plant.eic,
        "name": "Plant 1",
        "organization": world.organization.eic,
        "fuel_type": "lignite",
        "installed_capacity_mw": 100,
        "is_yekdem": False,
        "is_res": False,
        "status": "failure",
        "available_mw": 35,
    }


def test_plants_are_found_by_status(world):
    make_plant(world.organization, 3)
    make_event(world.plant)

    def found(status):
        client = api_client(world.people["admin"])
        rows = client.get(f"/api/v1/plants/?status={status}").json()["results"]
        return {row["eic"] for row in rows}

    assert found("failure") == {world.plant.eic}
    assert found("active") == {plant_eic(3)}
    assert found("maintenance") == set()


def test_a_long_list_comes_in_pages_of_a_hundred(world, django_assert_max_num_queries):
    for number in range(1000, 1150):
        make_plant(world.organization, number)
    client = api_client(world.people["admin"])

    with django_assert_max_num_queries(8):
        first = client.get("/api/v1/plants/").json()
    second = client.get(first["next"]).json()

    assert len(first["results"]) == 100
    assert first["previous"] is None
    assert second["next"] is None
    seen = [row["eic"] for row in first["results"] + second["results"]]
    assert len(set(seen)) == len(seen) == 151

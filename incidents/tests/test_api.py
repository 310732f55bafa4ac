"""Plant events through the API."""

import datetime as dt

import pytest
from django.utils import timezone

from energysys.testing import api_client, make_event, plant_eic
from incidents.models import PlantEvent

URL = "/api/v1/events/"


@pytest.fixture
def body(world):
    return {
        "plant": world.plant.eic,
        "event_type": "failure",
        "reason": "turbine trip",
        "affected_mw": 50,
        "start": timezone.now().isoformat(),
    }


def test_a_report_changes_status_and_available_capacity_at_once(world, body):
    client = api_client(world.people["admin"])

    answer = client.post(URL, body)

    assert answer.status_code == 201
    event = answer.json()
    assert (
        event.items()
        >= {
            "plant": world.plant.eic,
            "event_type": "failure",
            "affected_mw": 50,
            "end": None,
            "state": "running",
        }.items()
    )
    plant = client.get(f"/api/v1/plants/{world.plant.eic}/").json()
    assert (plant["status"], plant["available_mw"]) == ("failure", 50)
    assert PlantEvent.objects.get().reported_by == world.people["admin"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"plant": plant_eic(2)}, "/plant"),
        ({"plant": "nonsense"}, "/plant"),
        ({"plant": None}, "/plant"),
        ({"event_type": "strike"}, "/event_type"),
        ({"reason": ""}, "/reason"),
        ({"reason": "x" * 201}, "/reason"),
        ({"affected_mw": 0}, "/affected_mw"),
        ({"affected_mw": -5}, "/affected_mw"),
        ({"affected_mw": 100.001}, "/affected_mw"),
        ({"affected_mw": 1e6}, "/affected_mw"),
        ({"affected_mw": "Infinity"}, "/affected_mw"),
        ({"affected_mw": "1_0"}, "/affected_mw"),
        ({"start": "2026-11-22T13:00:00"}, "/start"),
        ({"start": "soon"}, "/start"),
        ({"start": None}, "/start"),
        ({"end": "2020-01-01T00:00:00Z"}, "/end"),
        ({"end": "9999-12-31T23:59:59-14:00"}, "/end"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "/start"),
        ({"start": "1999-12-31T00:00:00Z"}, "/start"),
    ],
)
def test_a_bad_report_is_refused_at_the_field(world, body, change, pointer):
    answer = api_client(world.people["admin"]).post(URL, body | change)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not PlantEvent.objects.exists()


@pytest.mark.parametrize("garbage", ["", "[]", "7", '"x"', "{", "null", '{"plant": {}}'])
def test_garbage_is_a_problem_not_a_crash(world, garbage):
    answer = api_client(world.people["admin"]).post(URL, garbage, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_change_moves_the_event(world):
    event = make_event(world.plant)
    client = api_client(world.people["admin"])

    answer = client.patch(
        f"{URL}{event.pk}/", {"affected_mw": 12.5, "reason": "smaller"}, headers={"if-match": "*"}
    )

    assert answer.status_code == 200
    assert answer.json()["affected_mw"] == 12.5
    event.refresh_from_db()
    assert (event.version, event.changed_by) == (2, world.people["admin"])


def test_an_event_does_not_move_to_another_plant(world):
    event = make_event(world.plant)

    answer = api_client(world.people["super_admin"]).patch(
        f"{URL}{event.pk}/", {"plant": world.other_plant.eic}, headers={"if-match": "*"}
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/plant"


def test_ending_gives_the_capacity_back_from_then_on(world):
    event = make_event(world.plant)
    client = api_client(world.people["admin"])

    answer = client.post(f"{URL}{event.pk}/end/", {})

    assert answer.status_code == 200
    assert answer.json()["state"] == "ended"
    assert client.get(f"/api/v1/plants/{world.plant.eic}/").json()["status"] == "active"
    assert client.post(f"{URL}{event.pk}/end/", {}).status_code == 409


def test_ending_before_the_start_names_the_field(world):
    event = make_event(world.plant)
    too_early = (event.starts_at - dt.timedelta(hours=1)).isoformat()

    answer = api_client(world.people["admin"]).post(f"{URL}{event.pk}/end/", {"end": too_early})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/end"


def test_a_planned_event_is_dismissed_not_ended(world):
    event = make_event(world.plant, starts_at=timezone.now() + dt.timedelta(days=1))
    client = api_client(world.people["admin"])

    assert client.post(f"{URL}{event.pk}/end/", {}).status_code == 409
    assert client.post(f"{URL}{event.pk}/dismiss/").json()["state"] == "dismissed"
    assert client.post(f"{URL}{event.pk}/dismiss/").status_code == 409
    again = client.patch(f"{URL}{event.pk}/", {"reason": "again"}, headers={"if-match": "*"})
    assert again.status_code == 409


def test_events_are_cut_by_time_type_state_and_plant(world):
    now = timezone.now()
    old = make_event(world.plant, starts_at=now - dt.timedelta(days=9), ends_at=now)
    new = make_event(
        world.plant, event_type="maintenance", starts_at=now + dt.timedelta(days=1), affected_mw=1
    )
    client = api_client(world.people["analyst"])

    def found(**query):
        rows = client.get(URL, query).json()["results"]
        return [row["id"] for row in rows]

    assert found() == [new.pk, old.pk]
    assert found(state="planned") == [new.pk]
    assert found(event_type="failure") == [old.pk]
    assert found(plant=world.plant.eic) == [new.pk, old.pk]
    assert found(end=now.isoformat()) == [old.pk]
    assert found(start=now.isoformat()) == [new.pk]

"""API keys act as their person, show themselves once, and end at once."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.access import Role
from accounts.keys import make_key
from accounts.models import ApiKey, User
from energysys.clock import DAY
from energysys.testing import api_client, make_event

URL = "/api/v1/api-keys/"


def in_days(days):
    return timezone.now() + days * DAY


@pytest.fixture
def key(world):
    return make_key(world.people["admin"], "SCADA", read_only=False, expires_at=in_days(9))


def client_with(text):
    return APIClient(headers={"x-api-key": text})


def test_a_key_is_shown_once_and_only_its_hash_is_kept(world):
    client = api_client(world.people["analyst"])

    answer = client.post(URL, {"name": "notebook", "expires_at": in_days(30).isoformat()})

    assert answer.status_code == 201
    made = answer.json()
    assert re.fullmatch(rf"esk_{made['prefix']}_[\w-]{{43}}", made["key"])
    assert made["read_only"] is True
    assert client_with(made["key"]).get("/api/v1/me/").json()["username"] == "nora"
    assert "key" not in client.get(f"{URL}{made['id']}/").json()
    assert "key" not in client.get(URL).json()["results"][0]
    stored = ApiKey.objects.filter(pk=made["id"]).values().get()
    assert made["key"] not in str(stored)


def test_a_key_sees_and_does_what_its_person_may(world, key):
    _, text = key
    make_event(world.plant)
    make_event(world.other_plant)
    client = client_with(text)

    assert [row["eic"] for row in client.get("/api/v1/plants/").json()["results"]] == [
        world.plant.eic
    ]
    assert client.get(f"/api/v1/plants/{world.other_plant.eic}/").status_code == 404
    assert len(client.get("/api/v1/events/").json()["results"]) == 1
    body = {
        "plant": world.plant.eic,
        "event_type": "failure",
        "reason": "trip",
        "affected_mw": 1,
        "start": timezone.now().isoformat(),
    }
    assert client.post("/api/v1/events/", body).status_code == 201
    User.objects.filter(username="nova").update(role=Role.ANALYST)
    assert client.post("/api/v1/events/", body).status_code == 403


def test_a_read_only_key_changes_nothing(world):
    _, text = make_key(world.people["super_admin"], "report", read_only=True, expires_at=in_days(1))
    client = client_with(text)

    answer = client.post("/api/v1/organizations/", {"name": "N", "eic": "x"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:energysys:problem:key-is-read-only"
    assert client.get("/api/v1/organizations/").status_code == 200


REVOKED = {
    "revoked": lambda key, person, world: api_client(person).delete(f"{URL}{key.pk}/"),
    "expired": lambda key, person, world: ApiKey.objects.update(
        created_at=in_days(-2), expires_at=in_days(-1)
    ),
    "deactivated": lambda key, person, world: User.objects.filter(pk=person.pk).update(
        is_active=False
    ),
    "in another organization": lambda key, person, world: User.objects.filter(pk=person.pk).update(
        organization=world.other_organization
    ),
}


@pytest.mark.parametrize("revoke", REVOKED.values(), ids=REVOKED)
def test_a_key_ends_at_once(world, key, revoke):
    row, text = key
    assert client_with(text).get("/api/v1/me/").status_code == 200

    revoke(row, world.people["admin"], world)

    answer = client_with(text).get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:energysys:problem:key-not-valid"


@pytest.mark.parametrize("text", ["", "x", "esk_", "esk_00000000_x", "\xff", "esk_" + "x" * 9000])
def test_an_unknown_key_is_refused(world, key, text):
    assert client_with(text).get("/api/v1/plants/").status_code == 401


def test_the_last_use_is_written_at_most_once_a_minute(world, key, django_assert_num_queries):
    row, text = key
    client = client_with(text)

    client.get("/api/v1/me/")
    row.refresh_from_db()
    first = row.last_used_at
    client.get("/api/v1/me/")
    row.refresh_from_db()
    assert row.last_used_at == first

    ApiKey.objects.update(last_used_at=first - dt.timedelta(seconds=61))
    client.get("/api/v1/me/")
    row.refresh_from_db()
    assert row.last_used_at > first


def test_a_key_makes_no_key(world, key):
    answer = client_with(key[1]).post(URL, {"name": "more", "expires_at": in_days(1).isoformat()})

    assert answer.status_code == 403
    assert ApiKey.objects.count() == 1


def test_a_key_belongs_to_its_person_alone(world, key):
    for role in ("super_admin", "analyst", "outsider"):
        client = api_client(world.people[role])
        assert client.get(f"{URL}{key[0].pk}/").status_code == 404
        assert client.delete(f"{URL}{key[0].pk}/").status_code == 404
        assert client.get(URL).json()["results"] == []


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_key_expires_within_a_year(world, days):
    answer = api_client(world.people["admin"]).post(
        URL, {"name": "n", "expires_at": in_days(days).isoformat()}
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/expires_at"]
    with pytest.raises(IntegrityError):
        ApiKey.objects.create(user=world.people["admin"], name="n", expires_at=in_days(days - 1))


def test_the_page_shows_a_new_key_once_and_revokes_it(client, world):
    client.force_login(world.people["analyst"])

    page = client.post(reverse("accounts:keys"), {"name": "notebook", "days": 30}).content.decode()

    text = re.search(r"esk_[0-9a-f]{8}_[\w-]{43}", page).group()
    assert client_with(text).get("/api/v1/me/").status_code == 200
    again = client.get(reverse("accounts:keys")).content.decode()
    assert text not in again
    assert text[:12] in again
    client.post(reverse("accounts:key-revoke", args=[ApiKey.objects.get().pk]))
    assert client_with(text).get("/api/v1/me/").status_code == 401


def test_a_bad_form_makes_no_key(client, world):
    client.force_login(world.people["analyst"])

    answer = client.post(reverse("accounts:keys"), {"name": "", "days": 9999})

    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("role", ["super_admin", "admin", "outsider"])
def test_nobody_revokes_a_key_of_somebody_else(client, world, role):
    key, _ = make_key(world.people["analyst"], "n", read_only=True, expires_at=in_days(1))
    client.force_login(world.people[role])

    assert client.post(reverse("accounts:key-revoke", args=[key.pk])).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None

"""What cannot be stored or read is the sender's mistake, told kindly, never a 500."""

import json

import pytest
from django.urls import reverse

from energysys.testing import api_client, plant_eic

PATHS = ["plants/", "events/", "prices/", "consumption/", "generation/", "organizations/", "users/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("format_", ["xml", "%00", "%F0%9F%98%80", "2026-11-22"])
def test_an_unknown_format_is_not_found(world, path, format_):
    answer = api_client(world.people["super_admin"]).get(f"/api/v1/{path}?format={format_}")

    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "value"), [("plant", "\x00"), ("plant", "a\x00b"), ("event_type", "\ud800")]
)
def test_characters_that_no_text_holds_are_refused(world, name, value):
    body = {
        "plant": plant_eic(1),
        "event_type": "failure",
        "reason": "trip",
        "affected_mw": 1,
        "start": "2026-11-22T00:00:00Z",
    }

    answer = api_client(world.people["admin"]).post(
        "/api/v1/events/", json.dumps(body | {name: value}), content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["events/", "token/", "plants/", "token/refresh/"])
def test_json_nested_without_end_is_refused(world, path):
    answer = api_client(world.people["super_admin"]).post(
        f"/api/v1/{path}", "[" * 100_000, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/plants/%00/", "/api/v1/schema/?version=%00", "/?a=%00"])
def test_a_nul_in_the_address_is_refused(client, world, path):
    client.force_login(world.people["admin"])

    assert client.get(path).status_code == 400


def test_a_user_name_without_end_does_not_log_in(client, db):
    answer = client.post(reverse("accounts:login"), {"username": "x" * 5000, "password": "y"})

    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("target", ["", "abc", "//evil.example", "https://evil.example"])
def test_the_theme_leads_only_back_into_the_site(client, db, target):
    answer = client.post(reverse("accounts:theme"), {"theme": "dark", "next": target})

    assert answer.status_code == 302
    assert answer["Location"] == reverse("dashboard")


@pytest.mark.parametrize("offset", ["-19:11", "%2B23:59"])
@pytest.mark.parametrize("path", ["prices/", "generation/", "events/"])
def test_a_time_far_from_greenwich_is_the_instant_that_it_names(world, path, offset):
    query = f"start=2026-11-20T00:00:00{offset}&end=2026-11-25T00:00:00{offset}"

    answer = api_client(world.people["admin"]).get(f"/api/v1/{path}?{query}")

    assert answer.status_code == 200


def test_every_error_has_a_code(world):
    query = "start=2026-11-22T02:00:00Z&end=2026-11-22T01:00:00Z"

    answer = api_client(world.people["admin"]).get(f"/api/v1/events/?{query}&plant=x&state=x")

    assert answer.status_code == 400
    assert all(type(error["code"]) is str for error in answer.json()["errors"])

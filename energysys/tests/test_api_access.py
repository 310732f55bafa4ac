"""Role × endpoint × method, and that the table leaves no endpoint out."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.keys import make_key
from energysys.testing import api_client, each_cell, make_event, organization_eic, plant_eic

# Endpoint, method, then the answer to: super_admin, admin, analyst, outsider.
ANSWERS = [
    ("me/", "get", 200, 200, 200, 200),
    ("organizations/", "get", 200, 200, 200, 200),
    ("organizations/", "post", 201, 403, 403, 403),
    ("organizations/{organization}/", "get", 200, 200, 200, 404),
    ("organizations/{organization}/", "patch", 200, 403, 403, 404),
    ("organizations/{organization}/", "put", 200, 403, 403, 404),
    ("plants/", "get", 200, 200, 200, 200),
    ("plants/", "post", 201, 403, 403, 403),
    ("plants/{plant}/", "get", 200, 200, 200, 404),
    ("plants/{plant}/", "patch", 200, 403, 403, 404),
    ("plants/{plant}/", "put", 200, 403, 403, 404),
    ("plants/{plant}/", "delete", 405, 405, 405, 405),
    ("users/", "get", 200, 200, 403, 200),
    ("users/", "post", 201, 403, 403, 403),
    ("users/{analyst}/", "get", 200, 200, 403, 404),
    ("users/{analyst}/", "patch", 200, 403, 403, 404),
    ("users/{analyst}/", "put", 200, 403, 403, 404),
    ("api-keys/", "get", 200, 200, 200, 200),
    ("api-keys/", "post", 201, 201, 201, 201),
    ("api-keys/{key}/", "get", 404, 404, 200, 404),
    ("api-keys/{key}/", "delete", 404, 404, 204, 404),
    ("events/", "get", 200, 200, 200, 200),
    ("events/", "post", 201, 201, 403, 400),
    ("events/{event}/", "get", 200, 200, 200, 404),
    ("events/{event}/", "patch", 200, 200, 403, 404),
    ("events/{event}/", "put", 200, 200, 403, 404),
    ("events/{event}/", "delete", 405, 405, 405, 405),
    ("events/{event}/end/", "post", 200, 200, 403, 404),
    ("events/{event}/dismiss/", "post", 200, 200, 403, 404),
    ("generation/", "get", 200, 200, 200, 200),
    ("generation/?plant={plant}", "get", 200, 200, 200, 400),
    ("prices/", "get", 200, 200, 200, 200),
    ("codes/", "get", 200, 200, 200, 200),
    ("consumption/", "get", 200, 200, 200, 200),
    ("feeds/events/", "get", 200, 200, 200, 200),
    ("webhooks/", "get", 200, 200, 403, 200),
    ("webhooks/", "post", 400, 201, 403, 201),
    ("webhooks/{webhook}/", "get", 200, 200, 403, 404),
    ("webhooks/{webhook}/", "patch", 200, 200, 403, 404),
    ("webhooks/{webhook}/", "put", 200, 200, 403, 404),
    ("webhooks/{webhook}/", "delete", 204, 204, 403, 404),
    ("webhooks/{webhook}/rotate-secret/", "post", 200, 200, 403, 404),
    ("webhook-messages/", "get", 200, 200, 403, 200),
    ("webhook-messages/{message}/", "get", 200, 200, 403, 404),
    ("webhook-messages/{message}/resend/", "post", 202, 202, 403, 404),
    ("imports/organizations/", "post", 200, 403, 403, 403),
    ("imports/plants/", "post", 200, 403, 403, 403),
    ("imports/users/", "post", 200, 403, 403, 403),
    ("imports/events/", "post", 200, 200, 403, 400),
    ("exports/organizations/", "get", 200, 403, 403, 403),
    ("exports/plants/", "get", 200, 403, 403, 403),
    ("exports/users/", "get", 200, 403, 403, 403),
    ("exports/events/", "get", 200, 200, 403, 200),
    ("simulation-runs/", "get", 200, 403, 403, 403),
    ("simulation-runs/{run}/", "get", 200, 403, 403, 403),
]
WITHOUT_LOGIN = {"token/", "token/refresh/", "token/blacklist/", "schema/", "docs/"}


@pytest.fixture
def names(world):
    from incidents.models import Webhook
    from simulation.models import SimulationRun

    now = timezone.now()
    run = SimulationRun.objects.create(
        kind="simulate", day=now.date(), started_at=now, finished_at=now, outcome="succeeded"
    )
    expires_at = now + dt.timedelta(days=1)
    key, _ = make_key(world.people["analyst"], "notebook", read_only=True, expires_at=expires_at)
    webhook = Webhook.objects.create(organization=world.organization, url="https://1.1.1.1/")
    event = make_event(world.plant, affected_mw=10)
    return {
        "webhook": webhook.pk,
        "message": str(webhook.messages.get()),
        "key": key.pk,
        "organization": world.organization.eic,
        "plant": world.plant.eic,
        "analyst": world.people["analyst"].pk,
        "event": event.pk,
        "run": run.pk,
    }


def body_of(path, method, world):
    if method == "get":
        return None
    bodies = {
        "organizations/": {"name": "Toros", "eic": organization_eic(77)},
        "organizations/{organization}/": {
            "name": "Nova Enerji AŞ",
            "eic": world.organization.eic,
        },
        "plants/": {
            "name": "Nova RES",
            "eic": plant_eic(77),
            "organization": world.organization.eic,
            "fuel_type": "wind",
            "installed_capacity_mw": 10,
            "is_res": True,
        },
        "plants/{plant}/": {
            "name": "Plant one",
            "eic": world.plant.eic,
            "organization": world.organization.eic,
            "fuel_type": "natural_gas",
            "installed_capacity_mw": 100,
        },
        "users/": {
            "username": "nova2",
            "password": "kirmizi-balik-42",
            "role": "analyst",
            "organization": world.organization.eic,
        },
        "users/{analyst}/": {
            "username": "nora",
            "role": "analyst",
            "organization": world.organization.eic,
        },
        "api-keys/": {
            "name": "notebook",
            "expires_at": (timezone.now() + dt.timedelta(days=1)).isoformat(),
        },
        "imports/organizations/": file_of(eic=world.organization.eic, name="Nova AŞ"),
        "imports/plants/": file_of(eic=world.plant.eic, name="Plant one"),
        "imports/users/": file_of(username="nora", full_name="Nora"),
        "imports/events/": file_of(**event_body(world.plant)),
        "webhooks/": {"url": "https://1.1.1.1/hooks"},
        "webhooks/{webhook}/": {"url": "https://1.1.1.1/hooks"},
        "events/": event_body(world.plant),
        "events/{event}/": event_body(world.plant),
    }
    body = bodies.get(path, {})
    return {key: body[key] for key in list(body)[:1]} if method == "patch" else body


def file_of(**row):
    text = ",".join(row) + "\n" + ",".join(str(value) for value in row.values())
    return {"file": SimpleUploadedFile("rows.csv", text.encode())}


def event_body(plant):
    return {
        "reason": "turbine trip",
        "plant": plant.eic,
        "event_type": "failure",
        "affected_mw": 10,
        "start": (timezone.now() - dt.timedelta(minutes=5)).isoformat(),
    }


@pytest.mark.parametrize(("path", "method", "role", "status"), each_cell(ANSWERS))
def test_api_answers_each_role(world, names, path, method, role, status):
    client = api_client(world.people[role])
    form = "multipart" if path.startswith("imports/") else "json"

    answer = getattr(client, method)(
        "/api/v1/" + path.format(**names),
        body_of(path, method, world),
        format=form,
        headers={"if-match": "*"},
    )

    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", sorted({row[0] for row in ANSWERS}))
def test_api_wants_a_token(world, names, path):
    answer = APIClient().get("/api/v1/" + path.format(**names))

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_the_table_leaves_no_endpoint_out():
    named = {row[0].split("?")[0] for row in ANSWERS} | WITHOUT_LOGIN
    written = {shape(path) for path in named}

    found = {shape(route) for route in api_routes()}

    assert found == written


def shape(path):
    """`plants/{plant}/` and `^plants/(?P<eic>[^/.]+)/$` are one endpoint: `plants/*/`."""
    path = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>|\{\w+\}", "*", path)
    return path.replace("^", "").replace("$", "").replace("\\Z", "")


def api_routes():
    for pattern in get_resolver().url_patterns:
        prefix = str(pattern.pattern)
        if not prefix.startswith("api/v1/"):
            continue
        prefix = prefix.removeprefix("api/v1/")
        yield from routes_below(pattern, prefix)


def routes_below(pattern, prefix):
    inner = getattr(pattern, "url_patterns", None)
    if inner is None:
        yield prefix
        return
    for each in inner:
        yield from routes_below(each, prefix + str(each.pattern))


def test_a_list_shows_nothing_of_another_organization(world, names):
    client = api_client(world.people["outsider"])

    def keys(path, key):
        return {row[key] for row in client.get(f"/api/v1/{path}").json()["results"]}

    assert keys("organizations/", "eic") == {world.other_organization.eic}
    assert keys("plants/", "eic") == {world.other_plant.eic}
    assert keys("users/", "username") == {"bora"}
    assert keys("events/", "id") == set()


def test_a_token_says_who_it_is_for(world):
    answer = APIClient().post(
        "/api/v1/token/", {"username": "NOVA", "password": "correct horse battery"}
    )

    assert answer.status_code == 200
    assert (
        answer.json().items()
        >= {
            "role": "admin",
            "username": "nova",
            "organization": world.organization.eic,
        }.items()
    )
    assert set(answer.json()) == {"access", "refresh", "role", "username", "organization"}


def test_a_wrong_password_gets_no_token(world):
    answer = APIClient().post("/api/v1/token/", {"username": "nova", "password": "wrong"})

    assert answer.status_code == 401
    assert "access" not in answer.json()

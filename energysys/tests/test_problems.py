"""Every refusal of the API is an RFC 9457 document, in the reader's language."""

import json

import pytest
from django.db import connection
from django.urls import reverse
from rest_framework.test import APIClient

from energysys.api import pointed
from energysys.testing import api_client, make_world

MEMBERS = {"type", "title", "status", "detail", "request_id"}

# What is asked, and the status and type of the refusal.
REFUSALS = {
    "nonsense in the body": (
        lambda client: client.post("/api/v1/events/", "{", content_type="application/json"),
        400,
        "parse-error",
    ),
    "a wrong value": (lambda client: client.post("/api/v1/events/", {}), 400, "validation"),
    "an unknown parameter": (
        lambda client: client.get("/api/v1/plants/?nonsense=1"),
        400,
        "validation",
    ),
    "an unknown format": (
        lambda client: client.get("/api/v1/plants/?format=xml"),
        400,
        "validation",
    ),
    "no login": (lambda client: stranger(client).get("/api/v1/plants/"), 401, "not-authenticated"),
    "a broken token": (
        lambda client: stranger(client, "Bearer x").get("/api/v1/plants/"),
        401,
        "token-not-valid",
    ),
    "half a header": (
        lambda client: stranger(client, "Bearer").get("/api/v1/plants/"),
        401,
        "bad-authorization-header",
    ),
    "too low a role": (
        lambda client: client.get("/api/v1/simulation-runs/"),
        403,
        "permission-denied",
    ),
    "nothing there": (lambda client: client.get("/api/v1/plants/x/"), 404, "not-found"),
    "no such address": (lambda client: client.get("/api/v1/nowhere/"), 404, "not-found"),
    "no such version": (lambda client: client.get("/api/v9/plants/"), 404, "not-found"),
    "the wrong method": (
        lambda client: client.delete("/api/v1/plants/"),
        405,
        "method-not-allowed",
    ),
    "an unknown Accept": (
        lambda client: client.get("/api/v1/plants/", headers={"accept": "image/png"}),
        406,
        "not-acceptable",
    ),
    "an unknown Content-Type": (
        lambda client: client.post("/api/v1/events/", "x", content_type="text/plain"),
        415,
        "unsupported-media-type",
    ),
}


def stranger(client, authorization=None):
    """Somebody else who reads the same language."""
    language = {"accept-language": client.defaults["HTTP_ACCEPT_LANGUAGE"]}
    return APIClient(headers=language | ({"authorization": authorization} if authorization else {}))


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize(("ask", "status", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_a_problem_document(world, ask, status, code, language):
    client = api_client(world.people["admin"], **{"accept-language": language})

    answer = ask(client)

    document = json.loads(answer.content)
    assert (answer.status_code, document["status"]) == (status, status)
    assert answer["Content-Type"] == "application/problem+json"
    assert MEMBERS <= set(document) <= {*MEMBERS, "errors"}
    assert document["type"] == f"urn:energysys:problem:{code}"
    assert document["request_id"] == answer["X-Request-ID"]
    assert document["title"]
    assert document["detail"]
    assert ("errors" in document) == (code == "validation")


@pytest.mark.parametrize(("ask", "status", "code"), REFUSALS.values(), ids=REFUSALS)
def test_it_speaks_both_languages(world, ask, status, code):
    def told(language):
        client = api_client(world.people["admin"], **{"accept-language": language})
        return json.loads(ask(client).content)

    turkish, english = told("tr"), told("en")

    assert turkish["title"] != english["title"]
    assert turkish["detail"] != english["detail"]
    assert turkish["type"] == english["type"]


def test_what_the_library_says_of_a_field_is_plain_turkish(world):
    client = api_client(world.people["super_admin"], **{"accept-language": "tr"})
    url = f"/api/v1/plants/{world.plant.eic}/"
    wish = {"is_res": "maybe", "installed_capacity_mw": "many"}

    answer = client.patch(url, wish, headers={"if-match": client.get(url)["ETag"]})

    assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == {
        "/is_res": "true ya da false olmalı.",
        "/installed_capacity_mw": "Bir sayı olmalı.",
    }


def test_a_405_names_the_methods_and_a_401_the_scheme(world):
    client = api_client(world.people["admin"])

    assert set(client.delete("/api/v1/events/")["Allow"].split(", ")) >= {"GET", "POST"}
    assert APIClient().get("/api/v1/events/")["WWW-Authenticate"].startswith("Bearer")


def test_pointers_escape_names_and_count_list_items():
    detail = {"a/b~c": ["x"], "rows": [{}, {"eic": ["y"]}], "non_field_errors": ["z"]}

    assert [error["pointer"] for error in pointed(detail)] == ["/a~1b~0c", "/rows/1/eic", ""]


def test_a_failure_of_ours_is_a_problem_too(world, monkeypatch):
    client = api_client(world.people["admin"])
    client.raise_request_exception = False
    monkeypatch.setattr("assets.api.PlantViewSet.get_queryset", lambda self: 1 / 0)

    answer = client.get("/api/v1/plants/")

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:energysys:problem:server-error"
    assert "division" not in answer.content.decode()


@pytest.fixture
def outage(committed):
    """Somebody is logged in, then the database goes away."""
    world = make_world()
    client = api_client(world.people["admin"])
    client.force_login(world.people["admin"])
    client.raise_request_exception = False
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    yield client
    connection.close()
    connection.settings_dict["HOST"] = host


@pytest.mark.parametrize(
    "path", ["/api/v1/plants/", "/api/v1/prices/", "/api/v1/token/", "/api/v1/me/"]
)
def test_an_outage_of_the_database_is_a_503(outage, path):
    body = {"username": "nova", "password": "x"}
    answer = outage.post(path, body) if "token" in path else outage.get(path)

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "10"
    assert answer.json()["type"] == "urn:energysys:problem:unavailable"
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_a_page_says_so_too(outage):
    answer = outage.get(reverse("assets:plants"))

    assert answer.status_code == 503
    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_connection_that_breaks_in_the_middle_is_a_503(committed, monkeypatch):
    world = make_world()
    client = api_client(world.people["admin"])
    client.raise_request_exception = False

    def break_off(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr("assets.api.PlantViewSet.get_queryset", break_off)

    assert client.get("/api/v1/plants/").status_code == 503
    monkeypatch.undo()
    connection.close_if_unusable_or_obsolete()  # As the server does after every request.
    assert client.get("/api/v1/plants/").status_code == 200

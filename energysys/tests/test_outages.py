"""A web process whose database goes away says so, and serves again by itself when it is back."""

import http.client
import json
import os
import socket
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.tokens import start_family
from energysys.testing import make_world
from energysys.tests.served import Way, gunicorn
from transparency.epias.tickets import make_ticket

API = ("/api/v1/plants/", "/api/v1/prices/", "/api/v1/generation/?format=csv", "/api/v1/schema/")
PAGES = ("/", "/plants/", "/login/")
FACADE = "/electricity-service/v1/markets/dam/data/mcp"
DAY = {"startDate": "2026-11-22T00:00:00+03:00", "endDate": "2026-11-22T00:00:00+03:00"}


@pytest.fixture
def served(committed, tmp_path):
    """One web process, whose connections to the database the test can cut."""
    world = make_world()
    database = connection.settings_dict
    host, port = database["HOST"] or database["OPTIONS"]["host"], database["PORT"] or "5432"
    way = Way(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, int(port)))
    way.open()
    url = urlsplit(os.environ["DATABASE_URL"])
    login = url.netloc.rpartition("@")[0]
    changed = url._replace(
        netloc=f"{login}@127.0.0.1:{way.port}", path=f"/{database['NAME']}", query=""
    )
    admin = world.people["admin"]
    browser = Client()
    browser.force_login(admin)
    credentials = {
        "Authorization": f"Bearer {start_family(admin).access_token}",
        "Cookie": f"sessionid={browser.cookies['sessionid'].value}",
        "TGT": make_ticket(admin),
        "Accept-Language": "en",
    }
    with gunicorn(tmp_path, DATABASE_URL=changed.geturl()) as port:
        yield SimpleNamespace(port=port, way=way, credentials=credentials)
    way.close()


def ask(served, path):
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    if path == FACADE:
        headers = {"TGT": served.credentials["TGT"], "Content-Type": "application/json"}
        client.request("POST", path, json.dumps(DAY), headers)
    else:
        is_public = path.startswith(("/login/", "/health/"))
        headers = {"Accept-Language": "en"} if is_public else served.credentials
        client.request("GET", path, headers=headers)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    return answer, body


def test_an_outage_is_told_in_every_form_and_ends_by_itself(served):
    everything = (*API, *PAGES, FACADE, "/health/ready")
    assert {path: ask(served, path)[0].status for path in everything} == dict.fromkeys(
        everything, 200
    )

    served.way.close()

    for path in API:
        answer, body = ask(served, path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10"), path
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert json.loads(body)["type"] == "urn:energysys:problem:unavailable"
    for path in PAGES:
        answer, body = ask(served, path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10"), path
        assert "The database does not answer" in body.decode()
    answer, body = ask(served, FACADE)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert json.loads(body)["errors"][0]["errorCode"] == "(SYS)UNAVAILABLE"
    assert ask(served, "/health/live")[0].status == 200
    answer, body = ask(served, "/health/ready")
    assert (answer.status, json.loads(body)["missing"]) == (503, ["database", "migrations"])

    served.way.open()

    assert {path: ask(served, path)[0].status for path in everything} == dict.fromkeys(
        everything, 200
    )


def test_connections_that_were_ended_meanwhile_are_made_anew(served):
    """As poolers, and administrators with `pg_terminate_backend`, end them."""
    for path in (*API, *PAGES, FACADE):
        assert ask(served, path)[0].status == 200
        served.way.cut()
        assert ask(served, path)[0].status == 200, path


def test_a_database_that_only_listens_is_given_up(db):
    """A host that drops what it gets: whoever connects waits, but not for the system's minutes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        other = connection.copy()
        other.settings_dict["HOST"], other.settings_dict["PORT"] = silent.getsockname()
        # Shorter than what is set, which is tried with one of the libraries' own default: none.
        assert 0 < other.settings_dict["OPTIONS"]["connect_timeout"] <= 10
        other.settings_dict["OPTIONS"] |= {"connect_timeout": 2, "host": "127.0.0.1"}
        with pytest.raises(OperationalError, match="timeout"):
            other.ensure_connection()

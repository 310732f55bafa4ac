"""Bodies that are too large, that break off or come in chunks, and heads that cannot be read."""

import http.client
import io
import json
import socket
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import LimitedStream
from django.urls import reverse

from energysys.bodies import Unchunked
from energysys.testing import api_client
from energysys.tests.served import gunicorn
from incidents.models import PlantEvent

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TOO_MUCH = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
WORDS = {"tr": "Geri dönün", "en": "Go back"}


@pytest.mark.parametrize(("language", "words"), [("tr", "çok büyük"), ("en", "too large")])
@pytest.mark.parametrize("path", ["/api/v1/events/", "/api/v1/token/", "/api/v1/nowhere/"])
def test_too_large_a_body_is_a_413(client, db, path, language, words):
    headers = {"accept-language": language}

    answer = client.post(path, TOO_MUCH, content_type=JSON, headers=headers)

    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    problem = answer.json()
    assert problem["type"] == "urn:energysys:problem:content-too-large"
    assert words in problem["detail"]
    assert problem["request_id"] == answer["X-Request-ID"]


def test_a_form_with_too_large_a_file_is_one_too(world):
    client = api_client(world.people["admin"])

    answer = client.post(
        "/api/v1/imports/events/", {"file": io.BytesIO(TOO_MUCH)}, format="multipart"
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("language", WORDS)
def test_a_page_says_what_to_do(client, db, language):
    client.cookies["django_language"] = language

    answer = client.post(reverse("accounts:login"), TOO_MUCH, content_type=FORM)

    page = answer.content.decode()
    assert answer.status_code == 413
    assert WORDS[language] in page
    assert answer["X-Request-ID"] in page
    assert answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/cas/v1/tickets", "/electricity-service/v1/markets/dam/data/mcp"]
)
def test_clients_of_the_platform_are_told_in_its_form(client, db, path):
    answer = client.post(path, TOO_MUCH, content_type=JSON)

    assert answer.status_code == 413
    assert answer.json()["correlationId"] == answer["X-Request-ID"]
    assert answer.json()["errors"][0]["errorCode"] == "(SYS)TOO_LARGE"


def test_the_largest_body_is_taken(client, db):
    answer = client.post("/api/v1/token/", TOO_MUCH[:-1], content_type=JSON)

    assert answer.json()["type"] == "urn:energysys:problem:parse-error"


@pytest.mark.parametrize("told", ["", "-1", "x", "²"])
def test_a_length_that_is_none_is_taken_for_none(client, db, told):
    assert client.post("/api/v1/token/", CONTENT_LENGTH=told).status_code == 400


def test_half_a_file_is_no_file(world):
    """Whose connection breaks after the first rows has not sent these rows."""
    rows = "plant,event_type,reason,affected_mw,start\n"
    rows += f"{world.plant.eic},failure,trip,10,2026-11-22T00:00:00+03:00\n"

    answer = api_client(world.people["admin"]).post(
        "/api/v1/imports/events/",
        content_type="text/csv",
        CONTENT_LENGTH=str(len(rows) * 2),
        **{"wsgi.input": io.BytesIO(rows.encode())},
    )

    assert answer.status_code == 400
    assert not PlantEvent.objects.exists()


def test_a_body_in_chunks_is_given_its_length():
    seen = []

    def application(environ, start_response):
        length = int(environ["CONTENT_LENGTH"])
        seen.append(LimitedStream(environ["wsgi.input"], length).read())
        return []

    for sent in (b"[1]", TOO_MUCH + b"more"):
        environ: dict[str, Any] = {
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input": io.BytesIO(sent),
        }
        Unchunked(application)(environ, None)
        assert environ["wsgi.input"].read() == b""

    assert seen == [b"[1]", TOO_MUCH[:1] * len(TOO_MUCH)]


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with gunicorn(tmp_path_factory.mktemp("web")) as port:
        yield port


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("megabytes", [3, 30])
def test_the_sender_can_read_the_refusal(port, megabytes, chunked):
    """Though it is the kind of client that writes all before it reads."""
    million = b"1" * 1_000_000
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    length = {} if chunked else {"Content-Length": str(megabytes * len(million))}

    client.request(
        "POST",
        "/api/v1/events/",
        (million for _ in range(megabytes)),
        {"Content-Type": JSON, **length},
        encode_chunked=chunked,
    )
    answer = client.getresponse()

    assert answer.status == 413
    assert json.load(answer)["type"] == "urn:energysys:problem:content-too-large"
    # The connection is still good.
    client.request("GET", "/health/live")
    assert client.getresponse().status == 200
    client.close()


HEAD = "HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UNREADABLE = {
    "a long address": (f"GET /?x={'a' * 9000} {HEAD}\r\n", 414, "uri-too-long"),
    "a large header": (f"GET / {HEAD}X: {'a' * 9000}\r\n\r\n", 431, "headers-too-large"),
    "many headers": ("GET / " + HEAD + "X: a\r\n" * 200 + "\r\n", 431, "headers-too-large"),
    "no request": ("nonsense\r\n\r\n", 400, "bad-request"),
    "no header": (f"GET / {HEAD}nonsense\r\n\r\n", 400, "bad-request"),
    "another host": ("GET /api/v1/ HTTP/1.1\r\nHost: evil\r\n\r\n", 400, "bad-request"),
    "a broken chunk": (
        f"POST /api/v1/events/ {HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
        "bad-request",
    ),
    "an unknown wish": (f"GET / {HEAD}Expect: x\r\n\r\n", 417, "bad-request"),
}


@pytest.mark.parametrize(("sent", "status", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_parsed_is_told_as_a_problem(port, sent, status, code):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(sent.encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        problem = json.load(answer)

    assert (answer.status, problem["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"urn:energysys:problem:{code}"
    assert problem["request_id"] == answer.headers["X-Request-ID"]


def test_a_client_may_pause_between_its_requests(port):
    """Longer than the 2 s after which gunicorn hangs up by itself: the next one would be lost."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connections = set()

    for pause_s in (0, 4):
        time.sleep(pause_s)
        client.request("GET", "/health/live")
        assert client.getresponse().read()
        connections.add(client.sock)

    assert connections == {client.sock}
    client.close()


def test_an_address_may_name_hundreds_of_plants(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    client.request("GET", f"/health/live?{'plant=40W0000000000017&' * 350}")

    assert client.getresponse().status == 200
    client.close()

"""Every refusal and failure is a page that says what to do next, in both languages."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from energysys.testing import PASSWORD, make_world

HOME = 'href="/"'


def refuse(client, status):
    """A request that is answered with the status."""
    if status == 400:
        return client.get("/?a=%00")
    if status == 403:
        return client.get(reverse("simulation:runs"))
    if status == 405:
        return client.post(reverse("dashboard"))
    return client.get("/nowhere/")


@pytest.mark.parametrize(
    ("language", "status", "words"),
    [
        ("en", 400, "check what you entered"),
        ("tr", 400, "gözden geçir|kontrol|denetle"),
        ("en", 403, "Ask an Admin"),
        ("tr", 403, "yöneticisine"),
        ("en", 404, "misspelt"),
        ("tr", 404, "yanlış"),
        ("en", 405, "buttons and links"),
        ("tr", 405, "düğme"),
    ],
)
def test_a_refusal_stands_in_the_shell_and_says_what_to_do(client, world, language, status, words):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = language

    response = refuse(client, status)

    page = response.content.decode()
    assert response.status_code == status
    assert re.search(words, page), page
    assert f"<code>{response['X-Request-ID']}</code>" in page
    assert 'class="rail"' in page
    assert page.count("<h1>") == 1
    assert HOME in page


def test_a_method_that_is_not_taken_names_those_that_are(client, world):
    client.force_login(world.people["admin"])

    assert refuse(client, 405)["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("status", [400, 405])
def test_a_stranger_gets_the_page_alone(client, db, status):
    response = client.get("/?a=%00") if status == 400 else client.get(reverse("accounts:theme"))

    page = response.content.decode()
    assert response.status_code == status
    assert 'class="plain"' in page
    assert response["X-Request-ID"] in page


def test_a_form_without_its_token_says_that_it_has_expired(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"

    response = client.post(reverse("accounts:theme"), {"theme": "dark"})

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()


@pytest.fixture
def failing(client, world, monkeypatch):
    """A page that fails with a sentence that nobody may read."""

    def fail(*args, **kwargs):
        raise RuntimeError("secret-of-the-exception")

    monkeypatch.setattr("transparency.series.prices", fail)
    client.force_login(world.people["admin"])
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("language", "words"), [("en", "Try again"), ("tr", "yeniden deneyin")])
def test_a_failure_leaks_nothing_and_gives_a_reference(failing, caplog, language, words):
    failing.cookies["django_language"] = language

    response = failing.get(reverse("transparency:prices"))

    page = response.content.decode()
    assert response.status_code == 500
    assert words in page
    assert response["X-Request-ID"] in page
    assert response["X-Request-ID"] in caplog.text
    assert 'class="plain"' in page
    assert not re.search(r"secret-of|Traceback|RuntimeError|series\.py", page)


@pytest.fixture
def outage(committed):
    """Somebody is logged in, then the database goes away."""
    world = make_world()
    client = Client(raise_request_exception=False)
    client.force_login(world.people["admin"])
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    yield client
    connection.close()
    connection.settings_dict["HOST"] = host


@pytest.mark.parametrize("path", ["/", "/plants/", "/nowhere/", "/login/"])
def test_pages_answer_without_the_database(outage, path):
    outage.cookies["django_language"] = "en"

    response = outage.get(path)

    page = response.content.decode()
    assert response.status_code == 503
    assert "The database does not answer" in page
    assert response["X-Request-ID"] in page
    assert response["Retry-After"] == "10"
    assert not re.search(r"/nowhere/\.s|psycopg|OperationalError", page)


def test_a_login_without_the_database_says_so(outage):
    answer = outage.post(reverse("accounts:login"), {"username": "nova", "password": PASSWORD})

    assert answer.status_code == 503

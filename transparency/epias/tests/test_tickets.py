"""Logging in for a ticket, and what ends one."""

import datetime as dt
import logging

import pytest
from django.test import Client

from energysys.testing import PASSWORD
from transparency.epias import tickets
from transparency.epias.tests.platform import Platform

LOGIN = "/cas/v1/tickets"
PLAIN = {"accept": "text/plain"}


def log_in(username="nora", password=PASSWORD, **more):
    body = f"username={username}&password={password}".replace(" ", "%20")
    form = "application/x-www-form-urlencoded"
    return Client().post(LOGIN, body, form, headers=PLAIN, **more)


def test_a_login_answers_with_the_bare_ticket(world):
    answer = log_in()

    text = answer.content.decode()
    assert answer.status_code == 201
    assert answer["Content-Type"].startswith("text/plain")
    assert text.startswith("TGT-")
    assert "cas" in text
    assert text == text.strip()
    assert answer["Location"] == f"http://testserver{LOGIN}/{text}"
    assert not answer.cookies


def test_credentials_may_stand_in_the_address(world):
    address = f"{LOGIN}?username=nora&password={PASSWORD.replace(' ', '%20')}&format=text"

    answer = Client().post(address, "", "application/x-www-form-urlencoded", headers=PLAIN)

    assert answer.status_code == 201


def test_a_ticket_acts_for_its_person(world):
    platform = Platform(world)
    platform.ticket = log_in().content.decode()

    assert [row["id"] for row in platform.items("pp-list")] == [world.plant.pk]


def test_each_login_gives_a_new_ticket_and_earlier_ones_stay(world):
    first, second = (log_in().content.decode() for _ in range(2))

    assert first != second
    assert tickets.person_of(first) == tickets.person_of(second) == world.people["analyst"]


@pytest.mark.parametrize(
    ("username", "password"),
    [("nora", "wrong"), ("nobody", PASSWORD), ("nora", "x" * 5000), ("%F0%9F%98%80", "x")],
)
def test_who_is_not_known_and_who_errs_are_told_the_same(world, username, password):
    answer = log_in(username, password)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"]
    assert answer.json()["status"] == 401
    assert answer.json()["errors"][0]["errorCode"] == "AUTH001"
    assert answer.json()["errors"] == log_in("nobody", "wrong").json()["errors"]


@pytest.mark.parametrize("body", ["", "username=nora", "password=x", "username=%00&password=x"])
def test_a_login_without_name_or_password_is_refused(world, body):
    answer = Client().post(LOGIN, body, "application/x-www-form-urlencoded", headers=PLAIN)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["errorMessage"]


def test_many_failures_lock_the_name_and_a_success_forgives(world):
    for _ in range(9):
        assert log_in(password="wrong").status_code == 401
    assert log_in().status_code == 201
    for _ in range(10):
        assert log_in(password="wrong").status_code == 401

    assert log_in().status_code == 401
    assert log_in("nova").status_code == 201


def test_a_deactivated_person_gets_no_ticket(world):
    world.people["analyst"].is_active = False
    world.people["analyst"].save()

    assert log_in().status_code == 401


def test_clients_renew_before_a_ticket_ends():
    assert dt.timedelta(hours=2) <= tickets.LIFETIME


def test_an_old_ticket_has_ended(world, monkeypatch):
    platform = Platform(world)
    monkeypatch.setattr(tickets, "LIFETIME", dt.timedelta(seconds=-1))

    assert platform.ask("mcp").status_code == 401


CHANGES = {
    "deactivated": lambda user, world: setattr(user, "is_active", False),
    "another password": lambda user, world: user.set_password("a new one"),
    "another role": lambda user, world: setattr(user, "role", "admin"),
    "another organization": lambda user, world: setattr(
        user, "organization", world.other_organization
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_person_ends_the_ticket_at_once(world, change):
    platform = Platform(world)
    assert platform.ask("pp-list").status_code == 200

    change(world.people["analyst"], world)
    world.people["analyst"].save()

    assert platform.ask("pp-list").status_code == 401


def test_a_person_who_is_active_again_needs_a_new_ticket(world):
    platform = Platform(world)
    for is_active in (False, True):
        world.people["analyst"].is_active = is_active
        world.people["analyst"].save()

    assert platform.ask("pp-list").status_code == 401


@pytest.mark.parametrize(
    "mangle",
    [
        lambda ticket: "",
        lambda ticket: ticket + "x",
        lambda ticket: ticket.removesuffix("-cas"),
        lambda ticket: ticket.removeprefix("TGT-"),
        lambda ticket: ticket.replace(".", ".x", 1),
        lambda ticket: "TGT-1.2.3-cas",
        lambda ticket: "TGT-\xe9.\xe9.\xe9-cas",
        lambda ticket: "TGT-" + "9" * 5000 + "-cas",
    ],
)
def test_a_mangled_ticket_is_refused(world, mangle):
    platform = Platform(world)
    platform.ticket = mangle(platform.ticket)

    assert platform.ask("mcp").status_code == 401


def test_a_ticket_is_no_key_to_the_rest(world):
    ticket = log_in().content.decode()
    client = Client(headers={"authorization": f"Bearer {ticket}", "TGT": ticket})

    assert client.get("/api/v1/me/").status_code == 401
    assert client.get("/").status_code == 302


def test_logs_hold_no_password_and_no_ticket(world, caplog):
    caplog.set_level(logging.INFO)
    ticket = log_in().content.decode()
    log_in(password="hunter2-of-nobody")
    platform = Platform(world)
    platform.ticket = f"{ticket}x"
    platform.ask("mcp")

    assert "/cas/v1/tickets" in caplog.text
    assert not [text for text in (PASSWORD, "hunter2-of-nobody", ticket) if text in caplog.text]

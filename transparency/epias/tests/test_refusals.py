"""Bad input gets a 400 that names what is wrong, in the platform's form."""

import datetime as dt
import json

import pytest
from django.db import OperationalError
from django.test import Client

from energysys.clock import DAY
from transparency.epias.registry import UNITS_FROM
from transparency.epias.tests.platform import GENERATION, SERVICES, Platform, past_day, stamp

# Service, what is wrong, and the code of the refusal.
REFUSED = [
    ("mcp", {"startDate": None}, "SEF1144"),
    ("mcp", {"endDate": None}, "SEF1145"),
    ("mcp", {"startDate": "yesterday"}, "(VAL)INVALID"),
    ("mcp", {"startDate": "2026-03-10"}, "(VAL)INVALID"),
    ("mcp", {"startDate": "2026-03-10T00:00:00"}, "(VAL)INVALID"),
    ("mcp", {"startDate": "2026-02-30T00:00:00+03:00"}, "(VAL)INVALID"),
    ("mcp", {"startDate": "2026-03-10T25:00:00+03:00"}, "(VAL)INVALID"),
    ("mcp", {"startDate": "0001-01-01T00:00:00+14:00"}, "(VAL)INVALID"),
    ("mcp", {"endDate": "9999-12-31T23:59:59-14:00"}, "(VAL)INVALID"),
    ("mcp", {"endDate": "2100-01-01T00:00:00+03:00"}, "(VAL)INVALID"),
    ("mcp", {"startDate": 20260310}, "(VAL)INVALID"),
    ("mcp", {"startDate": ["2026-03-10T00:00:00+03:00"]}, "(VAL)INVALID"),
    ("mcp", {"startDate": {"day": 1}}, "(VAL)INVALID"),
    ("mcp", {"startDate": "2026-03-10T00:00:00+03:00\x00"}, "(VAL)INVALID"),
    ("mcp", {"endDate": "2000-01-01T00:00:00+03:00"}, "(VAL)INVALID"),
    ("mcp", {"page": {"number": 0, "size": 10}}, "(VAL)INVALID"),
    ("mcp", {"page": {"number": 1, "size": -1}}, "(VAL)INVALID"),
    ("mcp", {"page": {"number": 1, "size": 10**30}}, "(VAL)INVALID"),
    ("mcp", {"page": "1"}, "(VAL)INVALID"),
    ("mcp", {"page": {"number": 1, "size": 1, "sort": {"field": 'date" --'}}}, "(VAL)INVALID"),
    ("mcp", {"page": {"number": 1, "size": 1, "sort": {"field": "ts"}}}, "(VAL)INVALID"),
    ("mcp", {"page": {"size": 1, "sort": {"field": "date", "direction": "X"}}}, "(VAL)INVALID"),
    ("pp-list-for-date-range", {"page": {"sort": {"field": "owner"}}}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": "abc"}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": True}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": 1.5}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": -1}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": 10**40}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": [1]}, "(VAL)INVALID"),
    ("rt-gen", {"powerPlantId": 2**63 - 1}, "(BUS)SEF1122"),
    ("uevm", {"powerplantId": 987654}, "(BUS)SEF1122"),
    ("kgup", {"uevcbId": 1}, "(BUS)SEF1122"),
    ("kgup", {"organizationId": 987654}, "(BUS)SEF1122"),
    ("kgup", {"region": "TR2"}, "(VAL)INVALID"),
    ("dpp-bulk", {"uevcbIds": None}, "(VAL)INVALID"),
    ("dpp-bulk", {"uevcbIds": "1,2"}, "(VAL)INVALID"),
    ("dpp-bulk", {"uevcbIds": [None]}, "(VAL)INVALID"),
    ("dpp-bulk", {"uevcbIds": [1]}, "(BUS)SEF1122"),
    ("rt-gen-bulk", {"powerPlantIds": list(range(1001))}, "(VAL)INVALID"),
    ("rt-gen-bulk", {"date": None}, "(VAL)INVALID"),
    ("gen-uevcb", {"organizationId": None}, "(VAL)INVALID"),
    ("uevcb-list-bulk", {"organizationIds": [2**63 - 1]}, "(BUS)SEF1122"),
    ("mms", {"mesajTipId": 7}, "(VAL)INVALID"),
    ("mms", {"regionId": "2"}, "(VAL)INVALID"),
    ("mms-uevcb-list", {"powerPlantId": 987654}, "(BUS)SEF1122"),
    ("ren-pp-list", {"period": "2026"}, "(VAL)INVALID"),
]


@pytest.mark.parametrize(("name", "changes", "code"), REFUSED)
def test_a_bad_body_is_refused(world, name, changes, code):
    answer = Platform(world).ask(name, **changes)

    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert body["status"] == 400
    assert body["correlationId"] == answer["X-Request-ID"]
    assert [row["errorCode"] for row in body["errors"]] == [code]
    assert body["errors"][0]["errorMessage"].startswith(next(iter(changes)))


def test_every_field_that_is_wrong_is_named(world):
    answer = Platform(world).ask("kgup", startDate="x", endDate=None, region="TR2")

    named = {row["errorMessage"].split(":")[0] for row in answer.json()["errors"]}
    assert named == {"startDate", "endDate", "region"}


@pytest.mark.parametrize("name", ["rt-gen", "uevm"])
def test_three_months_may_be_asked_for_and_not_a_day_more(world, name):
    platform = Platform(world)
    first = dt.date(2026, 1, 31)
    three = {"startDate": stamp(first), "endDate": stamp(dt.date(2026, 4, 30))}

    assert platform.ask(name, **three).status_code == 200
    refused = platform.ask(name, **three | {"endDate": stamp(dt.date(2026, 5, 1))})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["errorCode"] == "(BUS)SEF1117"


@pytest.mark.parametrize("name", ["mcp", "rt-cons", "kgup", "mms"])
def test_other_services_take_any_range(world, name):
    decades = {"startDate": stamp(dt.date(2017, 1, 1)), "endDate": stamp(dt.date(2099, 12, 31))}

    assert Platform(world).ask(name, **decades).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"mcp"',
        "1",
        "null",
        '{"startDate": NaN}',
        '{"startDate": "\\ud800"}',
        "\xff",
        "[" * 100_000,
        '{"page": ' * 100_000,
        '{"startDate": 1' + "0" * 10_000 + "}",
    ],
)
def test_what_is_not_a_json_object_is_refused(world, text):
    platform = Platform(world)

    answer = Client().post(
        SERVICES["mcp"][0],
        text.encode("latin-1"),
        "application/json",
        headers={"TGT": platform.ticket},
    )

    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["errorMessage"]


def test_unknown_keys_and_nulls_change_nothing(world):
    platform = Platform(world)

    changes = {"username": "nora", "uevcbId": None, "page": None, "export": {"type": "XLSX"}}

    assert platform.read("kgup", **changes) == platform.read("kgup")


@pytest.mark.parametrize("media", ["application/json", "text/plain", "application/xml", ""])
def test_the_body_is_json_whatever_it_is_called(world, media):
    platform = Platform(world)
    day = stamp(past_day())
    body = json.dumps({"startDate": day, "endDate": day})

    answer = platform.client.post(
        SERVICES["mcp"][0], body, media, headers={"TGT": platform.ticket, "accept": "text/csv"}
    )

    assert answer.status_code == 200


def test_a_list_takes_the_empty_body_that_clients_send(world):
    platform = Platform(world)

    answer = platform.client.generic(
        "GET", SERVICES["pp-list"][0], "{}", "application/json", headers={"TGT": platform.ticket}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{GENERATION}/realtime-generation/",
        f"{GENERATION}/nothing",
        "/electricity-service/v1/markets/dam/data/supply-demand",
        "/reporting-service/",
        "/cas/v1/tickets/TGT-1",
    ],
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_service_that_is_not_here_is_not_found(world, address, verb):
    answer = getattr(Client(), verb)(address)

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["errorMessage"]


def test_unit_and_plant_ids_are_not_taken_for_each_other(world):
    platform = Platform(world)

    assert platform.ask("kgup", uevcbId=world.plant.pk).status_code == 400
    assert platform.ask("rt-gen", powerPlantId=UNITS_FROM + world.plant.pk).status_code == 400


def test_a_unit_of_another_of_ones_organizations_is_refused(world):
    platform = Platform(world, "super_admin")
    ids = {"organizationId": world.organization.pk, "uevcbId": UNITS_FROM + world.other_plant.pk}

    assert platform.ask("kgup", **ids).status_code == 400


def test_messages_are_turkish_unless_asked_otherwise(world):
    platform = Platform(world)
    wrong = {"endDate": stamp(past_day() - DAY)}

    turkish = platform.ask("mcp", **wrong).json()["errors"][0]["errorMessage"]
    english = platform.ask("mcp", {"accept-language": "en"}, **wrong).json()["errors"][0]

    assert turkish == "endDate: Bitiş başlangıçtan önce."
    assert english["errorMessage"] == "endDate: The end lies before the start."


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (ZeroDivisionError, 500)])
def test_what_fails_on_our_side_is_told_in_the_same_form(world, monkeypatch, caplog, error, status):
    def fail(*_):
        raise error("secret detail")

    monkeypatch.setattr("transparency.epias.views.json_answer", fail)

    answer = Platform(world).ask("mcp")

    assert answer.status_code == status
    assert answer.json()["errors"][0]["errorMessage"]
    assert "secret" not in answer.content.decode()
    assert (answer["X-Request-ID"] in caplog.text) == (status == 500)


@pytest.mark.parametrize("root", ["/cas/v1/tickets", SERVICES["mcp"][0], "/reporting-service/x"])
def test_what_no_service_sees_is_told_in_the_same_form(client, db, root):
    answer = client.post(f"{root}?username=%00")

    assert answer.status_code == 400
    assert answer.json()["correlationId"] == answer["X-Request-ID"]
    assert answer.json()["errors"][0]["errorMessage"]


def test_an_outage_is_told_in_the_same_form(client, db, monkeypatch):
    def fail(*_):
        raise OperationalError("secret detail")

    client.raise_request_exception = False
    monkeypatch.setattr("accounts.tenancy.set_tenant", fail)

    answer = client.post(SERVICES["mcp"][0])

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["errors"][0]["errorCode"] == "(SYS)UNAVAILABLE"
    assert "secret" not in answer.content.decode()

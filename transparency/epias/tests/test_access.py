"""Service × role, with ids of the first organization; the outsider is of the other one."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from accounts.keys import make_key
from accounts.tokens import start_family
from energysys.clock import DAY
from energysys.testing import ROLES
from transparency.epias.registry import UNITS_FROM
from transparency.epias.tests.platform import READ_BY_GET, SERVICES, Platform

# Service, more of the body, then the answer to: super_admin, admin, analyst, outsider.
ANSWERS = [
    *((name, {}, 200, 200, 200, 200) for name in ("mcp", "interim-mcp", "smp", "smp-dir")),
    *((name, {}, 200, 200, 200, 200) for name in ("mcp-smp-imb", "wap")),
    *((name, {}, 200, 200, 200, 200) for name in ("rt-cons", "load-plan", "uecm")),
    *((name, {}, 200, 200, 200, 200) for name in ("rt-gen", "uevm")),
    *((name, {}, 200, 200, 200, 200) for name in ("kgup", "kgup-v1", "kudup", "eak")),
    ("rt-gen", {"powerPlantId": "plant"}, 200, 200, 200, 400),
    ("uevm", {"powerplantId": "plant"}, 200, 200, 200, 400),
    *(
        (name, {key: value}, 200, 200, 200, 400)
        for name in ("kgup", "kgup-v1", "kudup", "eak")
        for key, value in (("organizationId", "organization"), ("uevcbId", "unit"))
    ),
    ("dpp-bulk", {}, 200, 200, 200, 400),
    ("rt-gen-bulk", {}, 200, 200, 200, 400),
    ("pp-list", {}, 200, 200, 200, 200),
    ("pp-list-for-date-range", {}, 200, 200, 200, 200),
    ("uevm-pp-list", {}, 200, 200, 200, 200),
    ("gen-org", {}, 200, 200, 200, 200),
    ("dam-clearing-org-list", {}, 200, 200, 200, 200),
    ("imb-org-list", {}, 200, 200, 200, 200),
    ("gen-uevcb", {}, 200, 200, 200, 400),
    ("uevcb-list-bulk", {}, 200, 200, 200, 400),
    ("region-list", {}, 200, 200, 200, 200),
    ("market-participants", {}, 200, 200, 200, 200),
    ("market-participants", {"organizationId": "organization"}, 200, 200, 200, 400),
    ("eic-x-org-list", {}, 200, 200, 200, 200),
    ("eic-x-org-list", {"organizationId": "organization"}, 200, 200, 200, 400),
    ("date-init", {}, 200, 200, 200, 200),
    ("mms", {}, 200, 200, 200, 200),
    ("mms", {"organizationId": "organization"}, 200, 200, 200, 400),
    ("mms", {"powerPlantId": "plant"}, 200, 200, 200, 400),
    ("mms", {"uevcbId": "unit"}, 200, 200, 200, 400),
    ("mms-pp-list", {}, 200, 200, 200, 200),
    ("mms-pp-list", {"organizationId": "organization"}, 200, 200, 200, 400),
    ("mms-uevcb-list", {}, 200, 200, 200, 400),
    ("mms-message-type-list", {}, 200, 200, 200, 200),
    ("mms-region-list", {}, 200, 200, 200, 200),
    ("ren-pp-list", {}, 200, 200, 200, 200),
    ("ren-capacity", {}, 200, 200, 200, 200),
]


@pytest.mark.parametrize("role", ROLES)
def test_services_answer_each_role(world, role):
    names = {
        "plant": world.plant.pk,
        "unit": UNITS_FROM + world.plant.pk,
        "organization": world.organization.pk,
    }
    platform = Platform(world, role)
    wanted, got = {}, {}

    for name, changes, *statuses in ANSWERS:
        answer = platform.ask(name, **{key: names[value] for key, value in changes.items()})
        wanted[name, *changes] = statuses[ROLES.index(role)]
        got[name, *changes] = answer.status_code

    assert got == wanted


def test_the_table_leaves_no_service_out():
    addresses = {
        f"/{pattern.pattern}"
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [])
        if str(pattern.pattern).startswith(("electricity-service/", "reporting-service/"))
    }

    assert {row[0] for row in ANSWERS} == set(SERVICES)
    assert addresses == {address for address, _ in SERVICES.values()}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_wants_a_ticket(world, name):
    platform = Platform(world)
    platform.ticket = "TGT-0-none-cas"

    answer = platform.ask(name)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("TGT")
    assert answer.json()["errors"][0]["errorCode"] == "AUTH009"
    assert answer.json()["correlationId"] == answer["X-Request-ID"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_other_login_opens_a_service(world, name):
    """A session least of all: a page of another site could ask in its person's name."""
    person = world.people["super_admin"]
    until = timezone.now() + DAY
    _key, secret = make_key(person, "notebook", read_only=False, expires_at=until)
    in_session = Client()
    in_session.force_login(person)
    logins = [
        Client(headers={"Authorization": f"Bearer {start_family(person).access_token}"}),
        Client(headers={"X-API-Key": secret}),
        in_session,
    ]
    method = "get" if name in READ_BY_GET else "post"

    answers = [
        getattr(client, method)(SERVICES[name][0], content_type="application/json")
        for client in logins
    ]

    assert [answer.status_code for answer in answers] == [401] * 3


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_one_verb(world, name):
    platform = Platform(world)
    headers = {"TGT": platform.ticket}

    for method in {"get", "post", "put", "patch", "delete"} - {
        "get" if name in READ_BY_GET else "post"
    }:
        answer = getattr(platform.client, method)(SERVICES[name][0], headers=headers)

        assert answer.status_code == 405
        assert answer.json()["errors"][0]["errorMessage"]


LISTS = {
    "pp-list": ("id", "plant"),
    "pp-list-for-date-range": ("id", "plant"),
    "uevm-pp-list": ("id", "plant"),
    "mms-pp-list": ("id", "plant"),
    "gen-org": ("organizationId", "organization"),
    "dam-clearing-org-list": ("organizationId", "organization"),
    "imb-org-list": ("organizationId", "organization"),
    "market-participants": ("id", "organization"),
    "eic-x-org-list": ("organizationId", "organization"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_nothing_of_another_organization(world, name):
    key, kind = LISTS[name]
    own = {"plant": world.plant, "organization": world.organization}[kind].pk
    other = {"plant": world.other_plant, "organization": world.other_organization}[kind].pk

    def seen(role):
        return [row[key] for row in Platform(world, role).items(name)]

    assert seen("super_admin") == [own, other]
    assert seen("analyst") == [own]
    assert seen("outsider") == [other]


@pytest.mark.parametrize("name", ["dpp-bulk", "rt-gen-bulk"])
def test_one_foreign_id_among_ones_own_refuses_the_call(world, name):
    key = {"dpp-bulk": "uevcbIds", "rt-gen-bulk": "powerPlantIds"}[name]
    first = UNITS_FROM if name == "dpp-bulk" else 0
    ids = [first + world.plant.pk, first + world.other_plant.pk]

    answer = Platform(world).ask(name, **{key: ids})

    assert answer.status_code == 400
    assert str(ids[1]) in answer.json()["errors"][0]["errorMessage"]
    assert str(ids[0]) not in answer.json()["errors"][0]["errorMessage"]


def test_a_foreign_id_is_refused_in_the_words_of_one_that_does_not_exist(world):
    def errors(plant):
        answer = Platform(world, "outsider").ask("rt-gen", powerPlantId=plant)
        return [row["errorCode"] for row in answer.json()["errors"]], answer.status_code

    assert errors(world.plant.pk) == errors(world.plant.pk + 987654) == (["(BUS)SEF1122"], 400)


def test_a_call_takes_a_handful_of_queries(world, django_assert_max_num_queries):
    platform = Platform(world)

    for name in SERVICES:
        with django_assert_max_num_queries(7):
            platform.ask(name)

"""Who may do what in the API: every route × method × role × organization × credential.

Routes and methods are those of the resolver; RULES says of each resource who may. A route without
a rule, and a rule without a route, fail.
"""

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.keys import make_key
from accounts.tokens import start_family
from energysys.testing import PASSWORD, api_client, make_event, organization_eic, plant_eic

NOBODY, SUPER = (), ("super_admin",)
ADMINS, ALL = (*SUPER, "admin"), (*SUPER, "admin", "analyst")
ANONYMOUS = "anonymous"
METHODS = ("get", "head", "post", "put", "patch", "delete")
SAFE = ("get", "head")


@dataclass(frozen=True)
class Rule:
    """Who reads a resource, who makes a row of it, and who changes or ends one.

    What belongs to another organization is not there (404), and a body or parameter that names it
    is refused (400); neither holds for a Super Admin unless `is_personal`.
    """

    reads: tuple[str, ...] = NOBODY
    creates: tuple[str, ...] = NOBODY
    changes: tuple[str, ...] = NOBODY
    is_personal: bool = False


# A resource is what stands before the key of a row.
RULES = {
    "me": Rule(reads=ALL),
    "api-keys": Rule(reads=ALL, creates=ALL, changes=ALL, is_personal=True),
    "organizations": Rule(reads=ALL, creates=SUPER, changes=SUPER),
    "plants": Rule(reads=ALL, creates=SUPER, changes=SUPER),
    "users": Rule(reads=ADMINS, creates=SUPER, changes=SUPER),
    "events": Rule(reads=ALL, creates=ADMINS, changes=ADMINS),
    "webhooks": Rule(reads=ADMINS, creates=ADMINS, changes=ADMINS),
    "webhook-messages": Rule(reads=ADMINS, changes=ADMINS),
    "simulation-runs": Rule(reads=SUPER),
    "codes": Rule(reads=ALL),
    "prices": Rule(reads=ALL),
    "consumption": Rule(reads=ALL),
    "generation": Rule(reads=ALL),
    "feeds/events": Rule(reads=ALL),
    **{f"imports/{kind}": Rule(creates=SUPER) for kind in ("organizations", "plants", "users")},
    **{f"exports/{kind}": Rule(reads=SUPER) for kind in ("organizations", "plants", "users")},
    "imports/events": Rule(creates=ADMINS),
    "exports/events": Rule(reads=ADMINS),
}
# Without login, to everybody alike.
OPEN = {"token", "token/refresh", "token/blacklist", "schema", "docs"}
# Nothing is deleted but these, and the rest is made by the engine or a delivery.
DELETES = {"api-keys", "webhooks"}
SUCCESS = {"get": 200, "head": 200, "post": 201, "put": 200, "patch": 200, "delete": 204}
OTHER_SUCCESS = {"webhook-messages/*/resend": 202, "events/*/end": 200, "events/*/dismiss": 200}
OTHER_SUCCESS |= {"webhooks/*/rotate-secret": 200}
OTHER_SUCCESS |= {f"imports/{kind}": 200 for kind in ("organizations", "plants", "users", "events")}
# Lists and series that a parameter cuts to one organization's.
CUT_BY = {"generation": "plant", "plants": "organization", "events": "plant"}


def api_routes(prefix="api/v1/"):
    """Each route as `plants/*`, and the methods that its view takes."""
    for pattern in get_resolver().url_patterns:
        for route, view in routes_below(pattern, ""):
            if route.startswith(prefix):
                route = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "*", route.removeprefix(prefix))
                yield route.translate(str.maketrans("", "", "^$")).strip("/"), methods_of(view)


def routes_below(pattern, prefix):
    route = prefix + str(pattern.pattern)
    if not hasattr(pattern, "url_patterns"):
        yield route, pattern.callback
        return
    for each in pattern.url_patterns:
        yield from routes_below(each, route)


def methods_of(view):
    taken = view.cls.http_method_names
    handlers = getattr(view, "actions", None) or {m for m in taken if hasattr(view.cls, m)}
    methods = {method for method in handlers if method in taken and method in METHODS}
    return methods | ({"head"} if "get" in methods else set())


def resource_of(route):
    return route.split("/*")[0]


def names_a_row(route):
    return "*" in route


ROUTES = dict(api_routes())
CLOSED = sorted(route for route in ROUTES if resource_of(route) not in OPEN)


def expected(route, method, role, is_foreign):
    """The status that the rules give for a login."""
    rule = RULES[resource_of(route)]
    if names_a_row(route):
        may = rule.reads if method in SAFE else rule.changes
        hidden = is_foreign and (rule.is_personal or role not in SUPER)
        if role in rule.reads and hidden:
            return 404
    else:
        may = rule.creates if method == "post" else rule.reads
        can_name = not rule.is_personal if method == "post" else route in CUT_BY
        hidden = is_foreign and can_name and role not in SUPER
    if role not in may:
        return 403
    if hidden:
        return 400
    return OTHER_SUCCESS.get(route, SUCCESS[method])


@pytest.fixture
def stories(world):
    """The same things of each organization: what is one's own, and what is foreign."""
    from incidents.models import Webhook
    from simulation.models import SimulationRun

    now = timezone.now()
    run = SimulationRun.objects.create(
        kind="simulate", day=now.date(), started_at=now, finished_at=now, outcome="succeeded"
    )
    told = []
    for organization, plant, person in (
        (world.organization, world.plant, world.people["analyst"]),
        (world.other_organization, world.other_plant, world.people["outsider"]),
    ):
        webhook = Webhook.objects.create(organization=organization, url="https://1.1.1.1/")
        event = make_event(plant, affected_mw=10)
        told.append(
            {
                "organizations": organization.eic,
                "plants": plant.eic,
                "users": person.pk,
                "events": event.pk,
                "webhooks": webhook.pk,
                "webhook-messages": str(webhook.messages.get()),
                "simulation-runs": run.pk,
            }
        )
    return told


def make_keys(person):
    until = timezone.now() + dt.timedelta(days=1)
    return [make_key(person, "k", read_only=only, expires_at=until) for only in (False, True)]


def address(route, story, method):
    row = story.get(resource_of(route), "")
    path = f"/api/v1/{route.replace('*', str(row))}/"
    name = CUT_BY.get(route)
    # A list takes the parameter; what it cuts to is one's own, or not there.
    return f"{path}?{name}={story[f'{name}s']}" if name and method in SAFE else path


def body_of(route, method, story):
    if method in SAFE or method == "delete":
        return None
    body = bodies(story, is_new=not names_a_row(route)).get(route.removesuffix("/*"), {})
    return dict(list(body.items())[:1]) if method == "patch" else body


def bodies(story, is_new):
    until = (timezone.now() + dt.timedelta(days=1)).isoformat()
    event = {
        "reason": "turbine trip",
        "plant": story["plants"],
        "event_type": "failure",
        "affected_mw": 10,
        "start": (timezone.now() - dt.timedelta(minutes=5)).isoformat(),
    }
    return {
        "organizations": {
            "name": "Toros",
            "eic": organization_eic(77) if is_new else story["organizations"],
        },
        "plants": {
            "name": "Toros RES",
            "eic": plant_eic(77) if is_new else story["plants"],
            "organization": story["organizations"],
            "fuel_type": "wind",
            "installed_capacity_mw": 100,
            "is_res": True,
        },
        "users": {
            "username": "toros",
            "password": "kirmizi-balik-42",
            "role": "analyst",
            "organization": story["organizations"],
        },
        "api-keys": {"name": "notebook", "expires_at": until},
        "webhooks": {"url": "https://1.1.1.1/hooks", "organization": story["organizations"]},
        "events": event,
        "imports/organizations": file_of(eic=story["organizations"], name="Toros"),
        "imports/plants": file_of(eic=story["plants"], name="Toros"),
        "imports/users": file_of(
            username="toros",
            full_name="Toros",
            password="kirmizi-balik-42",
            role="analyst",
            organization=story["organizations"],
        ),
        "imports/events": file_of(**event),
    }


def file_of(**row):
    text = ",".join(row) + "\n" + ",".join(str(value) for value in row.values())
    return {"file": SimpleUploadedFile("rows.csv", text.encode())}


def ask(client, route, method, story):
    """The answer; what the request wrote is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(
            address(route, story, method),
            body_of(route, method, story),
            format="multipart" if route.startswith("imports/") else "json",
            headers={"if-match": "*"},
        )
        transaction.set_rollback(True)
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
    return answer


def code_of(answer):
    return answer.json()["type"].removeprefix("urn:energysys:problem:")


@pytest.mark.parametrize("role", ALL)
@pytest.mark.parametrize("route", CLOSED)
def test_the_api_answers_as_the_rules_say(world, stories, route, role):
    person = world.people[role]
    (key, secret), (_key, reading) = make_keys(person)
    stories[0]["api-keys"] = key.pk
    stories[1]["api-keys"] = make_keys(world.people["outsider"])[0][0].pk
    login = api_client(person)
    machine = APIClient(headers={"X-API-Key": secret})
    reader = APIClient(headers={"X-API-Key": reading})
    wanted, got = {}, {}

    # A run of the engine belongs to nobody.
    for story in stories[: 1 if route.startswith("simulation-runs") else 2]:
        is_foreign = story is stories[1]
        for method in ROUTES[route]:
            cell = (method, "foreign" if is_foreign else "own")
            status = expected(route, method, role, is_foreign)
            # Keys are made by people only.
            by_key = 403 if route.startswith("api-keys") else status
            wanted[cell] = (status, by_key, by_key if method in SAFE else 403)
            answers = [ask(client, route, method, story) for client in (login, machine, reader)]
            got[cell] = tuple(answer.status_code for answer in answers)
            if method not in SAFE:
                assert code_of(answers[2]) == "key-is-read-only"

    assert got == wanted


@pytest.mark.parametrize("route", CLOSED)
def test_only_a_token_or_a_key_opens_the_api(world, stories, route):
    """Not a session, so that no page of another site can ask in its person's name."""
    stories[0]["api-keys"] = 1
    stranger, in_session = APIClient(), APIClient(enforce_csrf_checks=True)
    in_session.force_login(world.people["super_admin"])

    for client in (stranger, in_session):
        for method in ROUTES[route]:
            answer = ask(client, route, method, stories[0])

            assert answer.status_code == 401
            assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_no_route_takes_another_method(world, stories, route):
    stories[0]["api-keys"] = make_keys(world.people["super_admin"])[0][0].pk
    clients = [api_client(world.people[role]) for role in ALL]

    for method in set(METHODS) - ROUTES[route]:
        answers = [ask(client, route, method, stories[0]) for client in clients]

        assert answers[0].status_code == 405
        assert {answer.status_code for answer in answers} <= {403, 405}


@pytest.mark.parametrize("route", sorted(OPEN))
def test_what_is_open_is_so_to_everybody(world, route):
    login = {"username": "nova", "password": PASSWORD}
    token = str(start_family(world.people["admin"]))
    body = login if route == "token" else {"refresh": token}
    (method,) = ROUTES[route] - {"head"}

    for client in (APIClient(), api_client(world.people["analyst"])):
        with transaction.atomic():
            answer = getattr(client, method)(f"/api/v1/{route}/", body or None)
            transaction.set_rollback(True)

        assert answer.status_code == 200


def test_the_rules_name_every_route_and_nothing_else():
    assert {resource_of(route) for route in ROUTES} == set(RULES) | OPEN
    assert set(OTHER_SUCCESS) | set(CUT_BY) <= set(ROUTES)
    assert {resource_of(route) for route in ROUTES if "delete" in ROUTES[route]} == DELETES


def test_a_list_shows_nothing_of_another_organization(world, stories):
    client = api_client(world.people["outsider"])

    def keys(path, key):
        return {row[key] for row in client.get(f"/api/v1/{path}").json()["results"]}

    assert keys("organizations/", "eic") == {world.other_organization.eic}
    assert keys("plants/", "eic") == {world.other_plant.eic}
    assert keys("users/", "username") == {"bora"}
    assert keys("events/", "id") == {stories[1]["events"]}
    assert keys("webhooks/", "id") == {stories[1]["webhooks"]}
    assert keys("webhook-messages/", "id") == {stories[1]["webhook-messages"]}
    assert keys("api-keys/", "id") == set()


def test_a_token_says_who_it_is_for(world):
    answer = APIClient().post("/api/v1/token/", {"username": "NOVA", "password": PASSWORD})

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

"""Who opens what in Django's admin: every address × method × role."""

import re

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib import admin
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from energysys.testing import ROLES, make_event
from simulation import engine

# What a Super Admin may do to rows beyond looking at them.
MAY = {
    "accounts.user": {"add", "change"},
    "assets.organization": {"add", "change", "delete"},
    "assets.powerplant": {"add", "change", "delete"},
    "incidents.plantevent": {"add", "change"},
    "incidents.eventversion": set(),
    "transparency.hourlyprice": set(),
    "transparency.hourlyconsumption": set(),
    "simulation.simulationrun": set(),
    "axes.accessattempt": {"delete"},
    "axes.accesslog": {"delete"},
}
ACTIONS = ("changelist", "add", "history", "delete", "change")
# The other addresses, and what they answer to GET and POST of a Super Admin.
OTHERS = {
    "index": (200, 200),
    "login": (302, 200),
    "logout": (405, 302),
    "password_change": (200, 200),
    "password_change_done": (200, 405),
    "autocomplete": (403, 405),
    "jsi18n": (200, 405),
    "view_on_site": (404, 404),
    "app_list": (200, 200),
}


def admin_names():
    """The names of all addresses below admin/."""
    (site,) = (each for each in get_resolver().url_patterns if str(each.pattern) == "admin/")
    yield from names_below(site)


def names_below(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_below(pattern)
        elif pattern.name:
            yield pattern.name


@pytest.fixture
def addresses(world):
    """Every name with an address of a row that exists."""
    engine.simulate_day(timezone.now().date())
    make_event(world.plant)
    AccessLog.objects.create(username="nova")
    AccessAttempt.objects.create(username="nova", failures_since_start=1)
    found = {}
    for name in admin_names():
        model = re.match(r"(\w+?)_(\w+)_(\w+)$", name)
        arguments = {"app_list": ["assets"], "view_on_site": [1, 1]}.get(name, [])
        if model and model[3] in ("history", "delete", "change"):
            arguments = [rows_of(f"{model[1]}.{model[2]}").first().pk]
        found[name] = reverse(f"admin:{name}", args=arguments)
    return found


def rows_of(label):
    (model,) = (each for each in admin.site._registry if each._meta.label_lower == label)
    return model._default_manager.all()


def test_the_tables_name_every_address():
    rows = {f"{label.replace('.', '_')}_{action}" for label in MAY for action in ACTIONS}

    assert set(admin_names()) == rows | set(OTHERS)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "super_admin"])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_the_admin_is_closed_to_every_other_role(client, world, addresses, role, method):
    client.force_login(world.people[role])
    nowhere = {"index of nothing": "/admin/nowhere/", "row": "/admin/accounts/user/1/"}

    answers = {
        name: getattr(client, method)(address).status_code
        for name, address in {**addresses, **nowhere}.items()
    }

    assert set(answers.values()) <= {403, 405}, answers
    assert method not in ("get", "post") or set(answers.values()) == {403}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_asked_to_log_in(client, addresses, method):
    for name, address in addresses.items():
        answer = getattr(client, method)(address)

        if name == "login":
            assert answer.status_code == 200
        else:
            assert answer.status_code == 302
            assert "/login/" in answer["Location"]


def test_a_super_admin_reads_all_and_changes_what_people_write(client, world, addresses):
    client.force_login(world.people["super_admin"])
    wanted, got = {}, {}
    for label, may in MAY.items():
        for action in ACTIONS:
            name = f"{label.replace('.', '_')}_{action}"
            is_open = action in ("changelist", "change", "history") or action in may
            wanted[name] = 200 if is_open else 403
            got[name] = client.get(addresses[name]).status_code

    assert got == wanted


@pytest.mark.parametrize("name", OTHERS)
def test_a_super_admin_finds_the_rest(client, world, addresses, name):
    client.force_login(world.people["super_admin"])

    answers = client.get(addresses[name]).status_code, client.post(addresses[name]).status_code

    assert answers == OTHERS[name]

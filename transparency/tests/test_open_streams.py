"""A long answer ends when its reader's account is closed or changed while it is read."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.access import Role
from accounts.models import User
from energysys.clock import utc_date
from energysys.testing import api_client, make_world
from simulation import engine

FORMATS = {"csv": {"format": "csv"}, "rows": {}, "arrays": {"shape": "arrays"}}
CHANGES = {
    "closed": lambda world: {"is_active": False},
    "role": lambda world: {"role": Role.ANALYST},
    "organization": lambda world: {"organization": world.other_organization},
    "password": lambda world: {"password": "another"},
}


@pytest.fixture
def world(committed, monkeypatch):
    """Answers that are sent row by row and ask after each."""
    monkeypatch.setattr("accounts.tenancy.RECHECK_S", 0)
    monkeypatch.setattr("transparency.api.WHOLE_ROWS", 0)
    monkeypatch.setattr("transparency.texts.CHUNK_ROWS", 1)
    world = make_world()
    for age in (1, 0):
        engine.simulate_day(utc_date(timezone.now()) - dt.timedelta(days=age))
    return world


def begin(client, **query):
    answer = client.get("/api/v1/generation/", query)
    assert answer.streaming
    return iter(answer.streaming_content)


def elsewhere(act, **changes):
    """On a connection of its own; the test's is busy with the answer."""

    def run():
        act(**changes)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(timeout=30)


@pytest.mark.parametrize("query", [FORMATS["csv"], FORMATS["rows"]], ids=["csv", "rows"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_breaks_off_when_the_reader_has_changed(world, query, change):
    admin = world.people["admin"]
    body = begin(api_client(admin), **query)
    read = [next(body), next(body)]

    elsewhere(User.objects.filter(pk=admin.pk).update, **change(world))

    with pytest.raises(PermissionDenied):
        read += body
    assert b"".join(read).count(b"+03:00") < 5
    # The connection is fit for the next one.
    assert b"".join(begin(api_client(world.people["super_admin"]), **query))


@pytest.mark.parametrize("query", FORMATS.values(), ids=FORMATS)
def test_it_is_whole_for_who_is_still_there(world, query):
    body = begin(api_client(world.people["admin"]), **query)
    read = [next(body)]
    elsewhere(User.objects.filter(pk=world.people["admin"].pk).update, full_name="Nova")
    elsewhere(User.objects.filter(pk=world.people["analyst"].pk).update, is_active=False)

    read += body

    assert b"".join(read).count(b"+03:00") >= 24

"""The API does what its description says, whatever it is asked and whoever asks.

`uv run --group schema pytest -m schema`; SCHEMA_EXAMPLES says how often each operation is tried.
"""

from __future__ import annotations

import copy
import datetime as dt
import os

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone

from accounts.keys import make_key
from accounts.tokens import start_family
from energysys.clock import DAY, utc_date
from energysys.openapi import METHODS
from energysys.testing import ROLES, make_event

pytestmark = [pytest.mark.schema, pytest.mark.filterwarnings("default")]

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "10"))
ANONYMOUS = "anonymous"


@pytest.fixture
def description(world, client, settings):
    """The description as it is served, of a world with a row of everything.

    Where an address names a row, the rows that exist are among those asked for.
    """
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    document = client.get("/api/v1/schema/?format=json").json()
    names = names_of_rows(world)
    for path, item in document["paths"].items():
        for operation in (item[method] for method in METHODS if method in item):
            for parameter in operation["parameters"]:
                if parameter.get("in") == "path":
                    parameter["schema"] = {"enum": [*names[path.split("/")[3]], "0", "no-such"]}
    document["components"]["parameters"]["IfMatch"]["schema"] = {
        "enum": ["*", '"5f0c"', "no quotes"]
    }
    return document


def names_of_rows(world):
    """Of each list, how an address names its rows: Nova's and Bora's."""
    from incidents.models import Webhook
    from simulation import engine
    from simulation.models import SimulationRun

    events = [make_event(plant, affected_mw=10) for plant in (world.plant, world.other_plant)]
    organizations = (world.organization, world.other_organization)
    webhooks = [
        Webhook.objects.create(organization=each, url="https://1.1.1.1/") for each in organizations
    ]
    for event in events:
        event.affected_mw = 20
        event.save()
    for age in (1, 0):
        engine.simulate_day(utc_date(timezone.now()) - age * DAY)
    until = timezone.now() + dt.timedelta(days=1)
    keys = [
        make_key(person, "notebook", read_only=True, expires_at=until)[0]
        for person in world.people.values()
    ]
    return {
        "organizations": [each.eic for each in organizations],
        "plants": [world.plant.eic, world.other_plant.eic],
        "users": [str(person.pk) for person in world.people.values()],
        "api-keys": [str(key.pk) for key in keys],
        "events": [str(event.pk) for event in events],
        "webhooks": [str(webhook.pk) for webhook in webhooks],
        "webhook-messages": [
            str(message) for webhook in webhooks for message in webhook.messages.all()
        ],
        "simulation-runs": [str(run.pk) for run in SimulationRun.objects.all()],
    }


@pytest.fixture
def one_transaction():
    """Requests leave the test's transaction open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("role", [*ROLES, ANONYMOUS])
def test_every_operation_answers_as_described(description, world, one_transaction, role, mode):
    import schemathesis

    from energysys.wsgi import application

    schema = schemathesis.openapi.from_dict(copy.deepcopy(description))
    schema.app = application
    failures, asked = [], 0
    for found in schema.get_all_operations():
        operation = found.ok()
        try:
            asked += ask(operation, mode, world.people.get(role))
        except BaseExceptionGroup as group:
            failures += [f"{operation.label}: {error}" for error in group.exceptions]
        except Exception as error:
            failures.append(f"{operation.label}: {error}")

    assert not failures, "\n".join(failures)
    assert asked > 100


def ask(operation, mode, person):
    """Try an operation; return how often. What it writes is undone."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode, checks
    from schemathesis.specs.openapi import checks as described

    count = 0

    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def attempt(case):
        nonlocal count
        count += 1
        with transaction.atomic():
            token = start_family(person).access_token if person else None
            answer = case.call(headers={"Authorization": f"Bearer {token}"} if token else None)
            transaction.set_rollback(True)
        case.validate_response(
            answer,
            checks=[
                checks.not_a_server_error,
                described.status_code_conformance,
                described.content_type_conformance,
                described.response_schema_conformance,
                described.response_headers_conformance,
            ],
        )

    try:
        attempt()
    except Unsatisfiable:
        # Nothing about some operations can be wrong.
        assert mode == "negative"
    return count

"""The ledger of the engine."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.testing import api_client, each_cell
from simulation.models import RunKind, RunOutcome, SimulationRun

ANSWERS = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("simulation:runs", "get", 200, 403, 403, 403),
]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(ANSWERS))
def test_engine_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page)).status_code == status


def test_runs_are_listed_newest_first(client, world, django_assert_max_num_queries):
    client.force_login(world.people["super_admin"])
    now = timezone.now()
    for hours in (3, 1, 2):
        SimulationRun.objects.create(
            kind=RunKind.SIMULATE,
            day=now.date(),
            started_at=now - dt.timedelta(hours=hours),
            finished_at=now,
            seed=2026,
            scenario={"name": "Cold February", "shocks": []},
            outcome=RunOutcome.FAILED,
            detail="a reason",
        )

    with django_assert_max_num_queries(12):
        response = client.get(reverse("simulation:runs"))

    started = [run.started_at for run in response.context["page_obj"]]
    assert started == sorted(started, reverse=True)
    # A seed is a name, not a quantity: no thousands separator.
    assert ">2026<" in response.content.decode()
    assert ">Cold February<" in response.content.decode()


def test_the_api_names_the_scenario_of_a_run(world):
    now = timezone.now()
    for name in ("Cold February", None):
        SimulationRun.objects.create(
            kind=RunKind.SIMULATE,
            day=now.date(),
            started_at=now,
            finished_at=now,
            scenario=name and {"name": name, "shocks": []},
            outcome=RunOutcome.SUCCEEDED,
        )

    answer = api_client(world.people["super_admin"]).get("/api/v1/simulation-runs/").json()

    assert [run["scenario"] for run in answer["results"]] == ["", "Cold February"]

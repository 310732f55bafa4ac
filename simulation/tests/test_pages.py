"""The pages about the engine: its ledger, and how real its market is."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.clock import HOUR, utc_midnight
from energysys.testing import api_client, each_cell, make_event
from simulation import engine
from simulation.models import CalibrationFigure, RunKind, RunOutcome, SimulationRun
from simulation.realism import Verdict

ANSWERS = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("simulation:runs", "get", 200, 403, 403, 403),
    ("simulation:realism", "get", 200, 403, 403, 403),
    ("simulation:latest", "get", 200, 403, 403, 403),
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


def realism(client, world, **days):
    client.force_login(world.people["super_admin"])
    client.cookies["django_language"] = "en"
    return client.get(reverse("simulation:realism"), days)


@pytest.fixture
def week(world):
    """A simulated week, from Monday 9 March 2026."""
    for _ in engine.simulate_days(dt.date(2026, 3, 9), dt.date(2026, 3, 15)):
        pass
    return world


def test_realism_shows_the_stored_days_with_every_figure(client, week):
    response = realism(client, week)

    report = response.context["report"]
    assert (report.first, report.last) == (dt.date(2026, 3, 9), dt.date(2026, 3, 15))
    page = response.content.decode()
    assert "None" not in page
    for section in response.context["sections"]:
        assert f'id="{section.name}"' in page
    simulated = report.measured.values["fcst.mape"]
    assert f"{simulated:.1%}" in page
    # Three shapes of consumption, those of the price with its quantiles, one of the gas plants.
    assert page.count("<figure>") == 3 + 4 + 1
    assert "needs 330 days" in page


def test_realism_draws_what_it_says(client, week):
    (chart, *_more) = realism(client, week).context["sections"][0].charts
    simulated, real = chart.series

    # Monday to Friday of a March week, beside what March of 2025 had.
    march = CalibrationFigure.objects.get(name="usual.consumption").value[2][0]
    mean = sum(march) / 24
    assert list(real.values) == pytest.approx([hour / mean for hour in march])
    assert len(simulated.values) == 24
    assert all(0.5 < value < 1.5 for value in simulated.values)


def test_realism_compares_fuels_with_the_same_month_and_hours(client, week):
    section = next(s for s in realism(client, week).context["sections"] if s.name == "gen")

    (bar,) = section.bars
    march = CalibrationFigure.objects.get(name="usual.cf.lignite").value[2]
    assert (bar.fuel, bar.plants) == ("lignite", 2)
    assert bar.real == pytest.approx(sum(march) / 24)
    assert bar.figure.verdict == Verdict.TOO_SHORT


def test_a_figure_out_of_its_band_is_listed_on_top(client, world):
    engine.simulate_day(dt.date(2026, 3, 9))
    for number in range(30):
        begin = utc_midnight(dt.date(2026, 3, 9)) + number * 0.5 * HOUR
        make_event(
            world.plant,
            starts_at=begin,
            ends_at=begin + 99 * HOUR,
            affected_mw=1,
            invented_at=begin,
        )

    response = realism(client, world)

    listed = {row.figure.name for row in response.context["out"]}
    assert "outage.lignite.mean_hours" in listed
    assert response.context["judged"] == response.context["in_band"] + len(listed)
    assert 'id="out"' in response.content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"start": "2026-03-10", "end": "2026-03-09"}, "The last day is before the first one."),
        ({"start": "2024-01-01", "end": "2026-03-09"}, "Choose at most 366 days."),
        ({"start": "1999-01-01", "end": "1999-01-02"}, "Choose a day from 2000 to 2099."),
        ({"start": "soon", "end": "2026-03-09"}, "Enter a valid date."),
        ({"start": "2026-03-09"}, "This field is required."),
    ],
)
def test_realism_says_what_is_wrong_with_a_span(client, world, days, words):
    engine.simulate_day(dt.date(2026, 3, 9))

    response = realism(client, world, **days)

    assert words in response.content.decode()
    assert "report" not in response.context


def test_realism_of_days_without_hours_judges_nothing(client, week):
    response = realism(client, week, start="2026-05-01", end="2026-05-03")

    assert response.context["judged"] == 0
    assert response.status_code == 200


def test_realism_leaves_plants_out_where_they_would_take_too_long(client, week, monkeypatch):
    monkeypatch.setattr("simulation.views.MOST_PLANT_HOURS", 2 * 7 * 24 - 1)

    response = realism(client, week)

    assert [s.name for s in response.context["sections"]] == ["cons", "fcst", "ptf", "smf"]
    assert "manage.py realism --from 2026-03-09 --to 2026-03-15" in response.content.decode()


def test_realism_takes_few_queries(client, week, django_assert_max_num_queries):
    client.force_login(week.people["super_admin"])

    with django_assert_max_num_queries(20):
        client.get(reverse("simulation:realism"))


def test_realism_has_no_inline_script_or_style(client, week):
    page = realism(client, week).content.decode()

    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)

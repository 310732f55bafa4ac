"""Events on a plant's chart, and what an event cost at PTF."""

import datetime as dt
import html
import json
import re
from decimal import Decimal

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight, utc_date
from energysys.testing import make_event
from simulation import engine
from transparency import series
from transparency.generation import PlantHours
from transparency.outages import cost_ticket, day_of
from transparency.series import GenerationHour, Span

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def simulated(world):
    """The last three UTC days and the day ahead."""
    for age in (3, 2, 1, 0):
        engine.simulate_day(utc_date(timezone.now()) - age * DAY)
    return world


def test_the_ticket_prices_each_hour_by_the_share_that_the_event_covers(world, monkeypatch):
    prices = {0: 1000.0, 1: 2000.5, 2: None}
    monkeypatch.setattr(
        series,
        "prices",
        lambda span: [series.PriceHour(NOON + n * HOUR, ptf, None) for n, ptf in prices.items()],
    )
    event = make_event(
        world.plant,
        affected_mw=Decimal(30),
        starts_at=NOON + dt.timedelta(minutes=20),
        ends_at=NOON + dt.timedelta(hours=2, minutes=10),
    )

    ticket = cost_ticket(event, NOON + DAY)

    assert [(line.minutes, line.lost_mwh, line.cost) for line in ticket.lines] == [
        (40, 20, Decimal("20000.00")),
        (60, 30, Decimal("60015.00")),
        (10, 5, None),
    ]
    assert (ticket.cost, ticket.lost_mwh) == (Decimal("80015.00"), 55)
    assert (ticket.priced_hours, ticket.hours) == (2, 3)
    assert ticket.dearest == ticket.lines[1]


def test_a_long_event_is_told_by_turkish_day_with_the_same_sum(world, monkeypatch):
    monkeypatch.setattr(
        series,
        "prices",
        lambda span: [
            series.PriceHour(span.start + n * HOUR, 100.0 + n, None)
            for n in range(int((span.end - span.start) / HOUR))
        ],
    )
    event = make_event(
        world.plant, affected_mw=Decimal(10), starts_at=NOON, ends_at=NOON + 60 * HOUR
    )

    ticket = cost_ticket(event, NOON + 5 * DAY)

    assert ticket.by_day
    assert [line.minutes // 60 for line in ticket.lines] == [9, 24, 24, 3]
    assert ticket.cost == sum(10 * (100 + n) for n in range(60))


def test_what_lies_beyond_the_published_prices_or_is_dismissed_costs_nothing(world):
    later = make_event(world.plant, affected_mw=1, starts_at=NOON + 5 * DAY)
    dismissed = make_event(world.plant, affected_mw=1, starts_at=NOON, dismissed_at=NOON + HOUR)

    for event in (later, dismissed):
        ticket = cost_ticket(event, NOON)
        assert (ticket.lines, ticket.cost) == ([], None)


def test_the_sheet_shows_the_sum_of_stored_prices(client, simulated):
    client.force_login(simulated.people["analyst"])
    client.cookies["django_language"] = "en"
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - 5 * HOUR
    event = make_event(
        simulated.plant, affected_mw=Decimal(10), starts_at=start, ends_at=start + 3 * HOUR
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT sum(ptf * 10) FROM transparency_hourlyprice WHERE ts >= %s AND ts < %s",
            [start, start + 3 * HOUR],
        )
        (cost,) = cursor.fetchone()

    page = client.get(event.get_absolute_url()).content.decode()

    assert f'{cost:,.2f} <span class="unit">TL</span>' in page
    assert "unofficial" in page


def test_the_available_line_bends_at_the_minute_and_bands_cover_the_events(simulated):
    now = timezone.now()
    start = turkish_midnight(turkish_date(now)) - DAY
    trip = make_event(
        simulated.plant,
        affected_mw=Decimal(25),
        starts_at=start + dt.timedelta(hours=6, minutes=30),
        ends_at=start + dt.timedelta(hours=18),
    )
    span = Span(start, start + 2 * DAY, now)
    chart = PlantHours(span, simulated.plant, [trip]).chart

    assert chart.top >= 100
    full, left = chart.y(100), chart.y(75)
    assert chart.outline_path == f"M0.000 {full}H6.500V{left}H18.000V{full}H48.000V{full}"
    (band,) = chart.bands
    assert (band.x, band.width) == ("13.542%", "23.958%")


def test_the_plant_page_draws_plan_actual_and_outages_without_a_script(client, simulated):
    client.force_login(simulated.people["analyst"])
    event = make_event(simulated.plant, reason="bearing")

    page = client.get(simulated.plant.get_absolute_url(), {"days": "4"}).content.decode()

    assert page.count('class="band"') == 1
    assert re.search(r'class="lignite">.*?<path class="fill" d="M', page)
    (text,) = re.findall(r'data-chart="([^"]*)"', page)
    told = json.loads(html.unescape(text))
    assert [band["label"].split()[1] for band in told["bands"]] == [f"{event.affected_mw}"]
    assert told["outline"]["points"][1][1] == 60.0
    assert told["hours"] == 96


def test_figures_of_a_day_compare_like_with_like(world):
    midnight = turkish_midnight(dt.date(2026, 3, 10))
    rows = [
        GenerationHour(midnight, 50.0, 40.0, 39.0),
        GenerationHour(midnight + HOUR, 50.0, None, None),
        GenerationHour(midnight + DAY, 70.0, 70.0, None),
    ]

    day = day_of(world.plant, rows, dt.date(2026, 3, 10))

    assert (day.planned, day.actual, day.settled) == (100, 40, 39)
    assert (day.deviation, day.use) == (pytest.approx(-0.2), pytest.approx(0.4))
    assert day_of(world.plant, rows, dt.date(2026, 3, 9)).actual is None


@pytest.mark.parametrize("days", ["2", "4", "7", "999", "x"])
def test_the_range_of_the_chart_is_in_the_address(client, simulated, days):
    client.force_login(simulated.people["admin"])

    response = client.get(simulated.plant.get_absolute_url(), {"days": days})

    chosen = days if days in ("2", "4", "7") else "4"
    assert f'href="?days={chosen}#hours" aria-current="true"' in response.content.decode()


def test_pages_with_hours_take_few_queries(client, simulated, django_assert_max_num_queries):
    client.force_login(simulated.people["super_admin"])
    event = make_event(simulated.plant)

    for address in (simulated.plant.get_absolute_url(), event.get_absolute_url()):
        with django_assert_max_num_queries(14):
            assert client.get(address).status_code == 200
    assert client.get(reverse("assets:plant", args=[simulated.other_plant.eic])).status_code == 200

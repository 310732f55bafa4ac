"""The list of events with what they took and cost, on the page and as a file."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from energysys.clock import DAY, HOUR, utc_date
from energysys.testing import make_event
from simulation import engine
from transparency.losses import losses
from transparency.outages import cost_ticket


@pytest.fixture
def events(world):
    """Events of each state in two simulated days, some of them beside the prices."""
    now = timezone.now()
    for age in (1, 0):
        engine.simulate_day(utc_date(now) - age * DAY)
    minutes = dt.timedelta(minutes=17)
    spans = [
        (now - 5 * HOUR - minutes, now - 2 * HOUR),
        (now - 3 * HOUR + minutes, None),
        (now - HOUR, now + 30 * DAY),
        (now + HOUR, now + 2 * HOUR),
        (now + 20 * DAY, now + 21 * DAY),
        (now + DAY, None),
        (now - 20 * DAY, now - 6 * HOUR),
        (now - 40 * DAY, now - 39 * DAY),
    ]
    made = [
        make_event(world.plant, affected_mw=Decimal("7.123"), starts_at=start, ends_at=end)
        for start, end in spans
    ]
    return [*made, make_event(world.plant, starts_at=now - HOUR, dismissed_at=now)]


def test_a_list_of_events_costs_what_their_tickets_say(events):
    at = timezone.now()

    found = losses(events, at)

    for event in events:
        ticket, loss = cost_ticket(event, at), found[event.pk]
        if event.dismissed_at:
            assert (loss.cost_try, loss.lost_mwh) == (0, 0)
            continue
        assert (loss.cost_try, loss.priced_hours) == (ticket.cost, ticket.priced_hours)
    # One costs something, one is beyond every price, and one has prices for a part only.
    assert found[events[0].pk].cost_try
    assert found[events[4].pk].cost_try is None
    assert found[events[6].pk].is_partly_priced


def test_what_runs_is_told_so_far_and_what_is_planned_to_its_end(events):
    at = timezone.now()

    found = losses(events, at)

    running, planned, open_plan = (found[events[n].pk] for n in (1, 3, 5))
    assert running.duration == at - events[1].starts_at
    assert running.lost_mwh == events[1].lost_mwh(at)
    assert (planned.duration, planned.lost_mwh) == (HOUR, Decimal("7.123"))
    assert (open_plan.duration, open_plan.lost_mwh) == (None, None)


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_has_the_rows_of_the_page_in_its_order(client, world, events):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    query = {"state": "ended", "sort": "-affected"}

    page = client.get(reverse("incidents:events"), query)
    rows = rows_of(client.get(reverse("transparency:event_list", args=["csv"]), query))

    assert [row["Number"] for row in rows] == [str(event.pk) for event in page.context["page_obj"]]
    assert len(rows) == 3
    known = {row["Number"]: row for row in rows}[str(events[0].pk)]
    loss = losses([events[0]], timezone.now())[events[0].pk]
    assert Decimal(known["Cost (TL)"]) == loss.cost_try
    assert f"{loss.cost_try:,.2f}" in page.content.decode()


def test_the_file_has_every_page_of_the_list_and_only_ones_own(client, world):
    for number in range(60):
        start = timezone.now() - 3 * HOUR - number * DAY
        make_event(world.plant, affected_mw=1, starts_at=start, ends_at=start + HOUR)
    make_event(world.other_plant)
    address = reverse("transparency:event_list", args=["csv"])

    client.force_login(world.people["analyst"])
    assert len(rows_of(client.get(address, {"page": 2}))) == 60
    client.force_login(world.people["outsider"])
    assert len(rows_of(client.get(address))) == 1


def test_a_workbook_has_times_as_dates_and_texts_as_texts(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"
    event = make_event(world.plant, reason="=1+1")

    response = client.get(reverse("transparency:event_list", args=["xlsx"]))

    book = load_workbook(io.BytesIO(response.content))
    heads, row = book.worksheets[0].iter_rows(values_only=True)
    cells = dict(zip(heads, row, strict=True))
    assert cells["Reason"] == "=1+1"
    local = timezone.localtime(event.starts_at).replace(tzinfo=None)
    assert abs(cells["Start (TRT +03:00)"] - local) < dt.timedelta(milliseconds=2)


def test_a_file_of_another_form_or_a_wrong_filter_has_nothing(client, world):
    client.force_login(world.people["admin"])
    make_event(world.plant)

    assert client.get(reverse("transparency:event_list", args=["ods"])).status_code == 404
    wrong = client.get(reverse("transparency:event_list", args=["csv"]), {"start": "nonsense"})
    assert rows_of(wrong) == []


def test_the_sheet_of_a_dismissed_event_costs_what_the_list_says(client, world):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    event = make_event(world.plant, dismissed_at=timezone.now())

    sheet = client.get(event.get_absolute_url()).content.decode()

    assert losses([event], timezone.now())[event.pk].cost_try == 0
    assert '<dd class="v">0.00 <span class="unit">TL</span></dd>' in sheet

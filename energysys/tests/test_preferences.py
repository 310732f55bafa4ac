"""The reader's clock: every time that is shown or typed follows it, market days do not."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.urls import reverse

from energysys.clock import HOUR, utc_date
from energysys.templatetags.shell import shell_clock
from energysys.testing import api_client, make_event
from incidents.models import PlantEvent
from simulation import engine
from transparency import series
from transparency.series import Span

START = dt.datetime(2026, 11, 22, 13, 24, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("clock", "shown", "zone"),
    [(None, "22 Nov 2026 16:24", "TRT +03:00"), ("utc", "22 Nov 2026 13:24", "UTC")],
)
def test_times_and_their_zone_follow_the_clock(client, world, clock, shown, zone):
    event = make_event(world.plant, starts_at=START)
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    if clock:
        client.cookies["clock"] = clock

    page = client.get(event.get_absolute_url()).content.decode()

    assert shown in page
    assert f'<span class="unit">{zone}</span>' in page


def test_a_time_is_read_on_the_clock_that_it_is_typed_on(client, world):
    client.force_login(world.people["admin"])
    client.cookies["clock"] = "utc"
    form = {
        "plant": world.plant.eic,
        "event_type": "failure",
        "starts_at": f"{START:%Y-%m-%dT%H:%M}",
        "affected_mw": "10",
        "reason": "trip",
    }

    client.post(reverse("incidents:report"), form)

    assert PlantEvent.objects.get().starts_at == START


def test_the_clock_is_remembered_and_leads_back(client, db):
    answer = client.post(reverse("accounts:clock"), {"clock": "utc", "next": "/login/?next=/"})

    assert answer["Location"] == "/login/?next=/"
    assert client.cookies["clock"].value == "utc"


def test_an_unknown_clock_shows_turkish_time(client, db):
    client.cookies["clock"] = "mars"

    assert 'data-offset-minutes="180"' in client.get(reverse("accounts:login")).content.decode()


def test_the_api_keeps_turkish_time(world):
    event = make_event(world.plant, starts_at=START)
    client = api_client(world.people["admin"])
    client.cookies["clock"] = "utc"

    answer = client.get(f"/api/v1/events/{event.pk}/").json()

    assert answer["start"] == "2026-11-22T16:24:00+03:00"


def test_no_template_names_a_zone_itself():
    named = {
        path.name: found
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if (found := re.findall(r"TRT|[+]03:00", path.read_text()))
    }

    # The switch between the two clocks is the only place.
    assert named == {"_switches.html": ["TRT", "+03:00"]}


def test_the_next_publication_is_what_is_published_then(world):
    shown = shell_clock()
    hour, then = shown["smf"], shown["publication"]
    engine.simulate_day(utc_date(hour))

    (before,) = series.prices(Span(hour, hour + HOUR, then - dt.timedelta(seconds=1)))
    (after,) = series.prices(Span(hour, hour + HOUR, then))

    assert dt.timedelta() < then - shown["now"] <= HOUR
    assert before.smf is None
    assert after.smf is not None

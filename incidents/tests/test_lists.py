"""The list of plant events and the outage plan."""

import datetime as dt
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from energysys.clock import ISTANBUL
from energysys.testing import make_event


def test_events_are_found_by_state_type_and_plant(client, world):
    client.force_login(world.people["super_admin"])
    failure = make_event(world.plant)
    planned = make_event(
        world.other_plant,
        event_type="maintenance",
        starts_at=timezone.now() + dt.timedelta(days=1),
    )

    def listed(**query):
        return list(client.get(reverse("incidents:events"), query).context["page_obj"])

    assert listed(state="running") == [failure]
    assert listed(event_type="maintenance") == [planned]
    assert listed(plant=world.plant.eic) == [failure]
    assert listed(state="asleep") == []


def test_a_stranger_event_is_not_listed(client, world):
    client.force_login(world.people["outsider"])
    make_event(world.plant)

    response = client.get(reverse("incidents:events"))

    assert list(response.context["page_obj"]) == []
    assert world.plant.name not in response.content.decode()


def test_the_facets_count_each_state(client, world):
    client.force_login(world.people["admin"])
    now = timezone.now()
    day = dt.timedelta(days=1)
    make_event(world.plant, affected_mw=1)
    make_event(world.plant, affected_mw=1, event_type="maintenance", starts_at=now + day)
    make_event(world.plant, affected_mw=1, starts_at=now - 2 * day, ends_at=now - day)
    make_event(world.plant, affected_mw=1, dismissed_at=now)
    make_event(world.other_plant)

    def counts(**query):
        facets = client.get(reverse("incidents:events"), query).context["facets"]
        return {facet.value: facet.rows for facet in facets}

    every = {"": 4, "running": 1, "planned": 1, "ended": 1, "dismissed": 1}
    assert counts() == counts(state="ended") == every
    assert counts(event_type="maintenance") == {
        "": 1,
        "running": 0,
        "planned": 1,
        "ended": 0,
        "dismissed": 0,
    }


def test_events_are_found_by_text_fuel_and_turkish_time(client, world):
    client.force_login(world.people["super_admin"])
    start = dt.datetime(2026, 11, 22, 16, 20, tzinfo=ISTANBUL)
    event = make_event(world.plant, reason="Yağ kaçağı", starts_at=start)

    def listed(**query):
        return list(client.get(reverse("incidents:events"), query).context["page_obj"])

    assert listed(q="yağ") == listed(q="nova") == listed(q=world.plant.eic) == [event]
    assert listed(q="bora") == listed(fuel_type="wind") == []
    assert listed(end="2026-11-22T16:20") == []
    assert listed(end="2026-11-22T16:21") == listed(start="2026-11-22T18:00") == [event]
    assert listed(start="nonsense") == []


def test_lost_energy_is_capacity_times_time(world):
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    open_ended = make_event(world.plant, affected_mw=Decimal(30), starts_at=now - 2 * hour)
    planned = make_event(
        world.plant, affected_mw=Decimal(10), starts_at=now + hour, ends_at=now + 4 * hour
    )

    assert (open_ended.lost_mwh(now), open_ended.lost_mwh()) == (60, None)
    assert (planned.lost_mwh(now), planned.lost_mwh()) == (0, 30)
    planned.dismissed_at = now
    assert planned.lost_mwh() == 0


def test_the_outage_plan_shows_the_next_14_days_of_ones_own_plants(client, world):
    client.force_login(world.people["analyst"])
    now = timezone.now()
    day = dt.timedelta(days=1)
    planned = make_event(world.plant, starts_at=now + 3 * day, ends_at=now + 4 * day)
    make_event(world.plant, starts_at=now + 20 * day, affected_mw=1)
    make_event(world.plant, starts_at=now - 2 * day, ends_at=now - day)
    make_event(world.other_plant)

    outlooks = client.get(reverse("incidents:plan")).context["outlooks"]

    assert [(outlook.plant, outlook.events) for outlook in outlooks] == [(world.plant, [planned])]
    assert [entry.step.available_mw for entry in outlooks[0].days][2:4] == [100, 60]
    stranger = client.get(reverse("incidents:plan"), {"plant": world.other_plant.eic})
    assert stranger.status_code == 404

"""Market messages: a plant's events as the platform tells them."""

import datetime as dt

import pytest
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.testing import make_event
from incidents.services import dismiss_event
from transparency.epias.registry import UNITS_FROM
from transparency.epias.tests.platform import Platform, past_day, stamp

QUARTER = dt.timedelta(minutes=15)


@pytest.fixture
def midnight():
    return turkish_midnight(past_day())


def test_a_failure_is_told_with_its_hours(world, midnight):
    event = make_event(
        world.plant,
        affected_mw=40,
        starts_at=midnight + 10 * HOUR + QUARTER,
        ends_at=midnight + 12 * HOUR + QUARTER,
    )
    day = past_day()

    (message,) = Platform(world).items("mms")

    details = message.pop("faultDetails")
    assert message == {
        "orgName": world.organization.name,
        "powerPlantName": world.plant.name,
        "uevcbName": world.plant.name,
        "caseStartDate": f"{day}T10:15:00+03:00",
        "caseEndDate": f"{day}T12:15:00+03:00",
        "operatorPower": 100,
        "capacityAtCaseTime": 60,
        "reason": "turbine trip",
        "id": event.pk,
        "uevcbId": UNITS_FROM + world.plant.pk,
    }
    assert details == [
        {
            "hour": f"{day}T{hour}:00:00+03:00",
            "remainingCapacity": 60,
            "preFaultPower": 100,
            "faultCausedPowerLoss": 40,
            "faultCausedEnergyLoss": energy,
        }
        for hour, energy in ((10, 30), (11, 40), (12, 10))
    ]


def test_types_part_the_messages(world, midnight):
    failure = make_event(world.plant, affected_mw=1, starts_at=midnight, ends_at=midnight + HOUR)
    repair = make_event(
        world.plant,
        event_type="maintenance",
        affected_mw=1,
        starts_at=midnight + HOUR,
        ends_at=midnight + 2 * HOUR,
    )
    platform = Platform(world)

    assert [row["id"] for row in platform.items("mms")] == [failure.pk, repair.pk]
    assert [row["id"] for row in platform.items("mms", mesajTipId="0")] == [failure.pk]
    assert [row["id"] for row in platform.items("mms", mesajTipId=2)] == [repair.pk]


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [(-2, -1, []), (-2, 0, []), (24, 25, []), (-2, 1, [0]), (23.5, 30, [23]), (-9, 99, range(24))],
)
def test_messages_overlap_the_asked_days_and_have_their_hours(world, midnight, starts, ends, hours):
    make_event(world.plant, starts_at=midnight + starts * HOUR, ends_at=midnight + ends * HOUR)

    found = Platform(world).items("mms")

    told = [detail["hour"][11:13] for message in found for detail in message["faultDetails"]]
    assert told == [f"{hour:02}" for hour in hours]


def test_an_open_event_is_expected_to_last_as_long_as_plans_are_published(world, midnight):
    make_event(world.plant, starts_at=midnight - 40 * DAY)
    tomorrow = turkish_date(timezone.now()) + DAY
    until = stamp(tomorrow + 30 * DAY)

    (message,) = Platform(world).items("mms", endDate=until)

    assert message["caseEndDate"] == stamp(tomorrow + DAY)
    assert message["faultDetails"][-1]["hour"] == f"{tomorrow}T23:00:00+03:00"
    assert Platform(world).items("mms", startDate=until, endDate=until) == []


def test_an_open_event_that_begins_later_lasts_its_first_day(world):
    later = turkish_date(timezone.now()) + 10 * DAY
    make_event(world.plant, starts_at=turkish_midnight(later) + 22 * HOUR)

    (message,) = Platform(world).items("mms", startDate=stamp(later), endDate=stamp(later))

    assert message["caseEndDate"] == stamp(later + DAY)
    assert [detail["hour"][11:13] for detail in message["faultDetails"]] == ["22", "23"]


def test_dismissed_events_are_not_told(world, midnight):
    event = make_event(world.plant, starts_at=midnight)

    dismiss_event(event, by=world.people["admin"])

    assert Platform(world).items("mms") == []


def test_messages_are_those_of_ones_own_plants(world, midnight):
    own = make_event(world.plant, starts_at=midnight)
    other = make_event(world.other_plant, starts_at=midnight)

    def seen(role, **filters):
        return [row["id"] for row in Platform(world, role).items("mms", **filters)]

    assert seen("super_admin") == [own.pk, other.pk]
    assert seen("analyst") == [own.pk]
    assert seen("outsider") == [other.pk]
    for filters in (
        {"organizationId": world.organization.pk},
        {"powerPlantId": str(world.plant.pk)},
        {"uevcbId": UNITS_FROM + world.plant.pk},
    ):
        assert seen("super_admin", **filters) == [own.pk]


def test_a_plant_that_has_shrunk_since_loses_no_more_than_it_had(world, midnight):
    make_event(world.plant, affected_mw=90, starts_at=midnight, ends_at=midnight + HOUR)
    type(world.plant).objects.filter(pk=world.plant.pk).update(installed_capacity_mw=50)

    (message,) = Platform(world).items("mms")

    assert message["capacityAtCaseTime"] == 0
    assert message["faultDetails"][0]["remainingCapacity"] == 0

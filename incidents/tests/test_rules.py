"""The rules of plant events hold in the database, whoever writes."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.utils import timezone

from assets.models import PowerPlant, Status
from energysys.testing import make_event, make_plant, make_world
from incidents.capacity import free_mw
from incidents.models import EventState, EventType, EventVersion, PlantEvent
from incidents.services import (
    EventConflictError,
    dismiss_event,
    end_event,
    report_event,
    update_event,
)

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_an_event_takes_more_than_zero(world):
    with pytest.raises(IntegrityError, match="event_affects_more_than_zero"):
        make_event(world.plant, affected_mw=0)


@pytest.mark.parametrize("hours", [0, -1])
def test_an_event_ends_after_it_starts(world, hours):
    with pytest.raises(IntegrityError, match="event_ends_after_it_starts"):
        make_event(world.plant, starts_at=NOON, ends_at=NOON + hours * HOUR)


def test_overlapping_events_fill_the_plant_and_no_more(world):
    make_event(world.plant, affected_mw=60, starts_at=NOON)
    make_event(world.plant, affected_mw=40, starts_at=NOON + HOUR)

    with pytest.raises(IntegrityError, match="only 0 MW are free"):
        make_event(world.plant, affected_mw=Decimal("0.001"), starts_at=NOON + 5 * HOUR)


def test_an_event_may_begin_at_the_instant_another_ends(world):
    make_event(world.plant, affected_mw=100, starts_at=NOON, ends_at=NOON + HOUR)

    make_event(world.plant, affected_mw=100, starts_at=NOON + HOUR)

    assert PlantEvent.objects.count() == 2


def test_two_short_events_need_not_fit_together_under_a_long_one(world):
    make_event(world.plant, affected_mw=50, starts_at=NOON, ends_at=NOON + HOUR)
    make_event(world.plant, affected_mw=50, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)

    make_event(world.plant, affected_mw=50, starts_at=NOON - HOUR)

    assert free_mw(world.plant, NOON - HOUR, NOON, None) == 50
    assert free_mw(world.plant, NOON, None, None) == 0


def test_a_longer_event_must_still_fit(world):
    make_event(world.plant, affected_mw=70, starts_at=NOON + 4 * HOUR)
    event = make_event(world.plant, affected_mw=40, starts_at=NOON, ends_at=NOON + HOUR)
    event.ends_at = None

    with pytest.raises(ValidationError) as refusal:
        update_event(event, by=world.people["admin"])

    assert "30 MW" in str(refusal.value.message_dict["affected_mw"])
    event.refresh_from_db()
    assert event.ends_at == NOON + HOUR


def test_dismissed_events_leave_room(world):
    event = make_event(world.plant, affected_mw=100, starts_at=NOON)
    dismiss_event(event, by=world.people["admin"])

    make_event(world.plant, affected_mw=100, starts_at=NOON)

    assert free_mw(world.plant, NOON, None, None) == 0


def test_a_dismissed_event_does_not_change(world):
    event = dismiss_event(make_event(world.plant), by=world.people["admin"])

    with pytest.raises(EventConflictError):
        end_event(event, by=world.people["admin"])
    with pytest.raises(IntegrityError, match="a dismissed event does not change"):
        PlantEvent.objects.filter(pk=event.pk).update(reason="other")


def test_an_event_stays_with_its_plant(world):
    event = make_event(world.plant)

    with pytest.raises(IntegrityError, match="an event stays with its plant"):
        PlantEvent.objects.filter(pk=event.pk).update(plant=world.other_plant)


def test_the_capacity_covers_running_and_coming_events(world):
    now = timezone.now()
    make_event(world.plant, affected_mw=90, starts_at=NOON, ends_at=NOON + HOUR)
    make_event(world.plant, affected_mw=30, starts_at=now - HOUR, ends_at=now + 5 * HOUR)
    make_event(world.plant, affected_mw=25, starts_at=now + 2 * HOUR)
    plants = PowerPlant.objects.filter(pk=world.plant.pk)

    with (
        pytest.raises(IntegrityError, match="running and coming events take 55 MW"),
        transaction.atomic(),
    ):
        plants.update(installed_capacity_mw=Decimal("54.999"))

    plants.update(installed_capacity_mw=55)


def test_repeatable_read_is_refused(committed):
    world = make_world()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(NotSupportedError, match="READ COMMITTED"), transaction.atomic():
            make_event(world.plant)


def test_fifty_reports_at_once_never_exceed_the_capacity(committed):
    world = make_world()
    admin = world.people["admin"]

    def report(number: int) -> str:
        event = PlantEvent(
            plant=world.plant,
            event_type=EventType.FAILURE,
            reason=f"trip {number}",
            affected_mw=Decimal(7),
            starts_at=NOON + (number % 5) * HOUR,
        )
        try:
            report_event(event, by=admin)
        except ValidationError:
            return "refused"
        finally:
            connection.close()
        return "stored"

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(report, range(50)))

    assert answers.count("stored") == 14
    assert free_mw(world.plant, NOON, None, None) == 2


def test_status_follows_time_without_a_write(world):
    make_event(
        world.plant,
        event_type=EventType.MAINTENANCE,
        starts_at=NOON,
        ends_at=NOON + 2 * HOUR,
        affected_mw=30,
    )
    make_event(world.plant, starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR, affected_mw=50)

    seen = [state_of(world.plant, NOON + n * HOUR) for n in range(-1, 4)]

    assert seen == [
        (Status.ACTIVE, 100),
        (Status.MAINTENANCE, 70),
        (Status.FAILURE, 20),
        (Status.FAILURE, 50),
        (Status.ACTIVE, 100),
    ]


def state_of(plant, at):
    found = PowerPlant.objects.with_availability(at).get(pk=plant.pk)
    return found.status, found.available_mw


def test_every_change_leaves_the_version_before_it(world):
    event = make_event(world.plant, reported_at=NOON)
    event.affected_mw = Decimal(10)
    event = update_event(event, by=world.people["admin"])
    event = end_event(event, by=world.people["admin"])

    versions = list(EventVersion.objects.filter(event=event).order_by("version"))

    assert [v.affected_mw for v in versions] == [40, 10, 10]
    assert [v.version for v in versions] == [1, 2, 3]
    assert versions[0].recorded_at == NOON
    assert [v.superseded_at for v in versions] == [
        versions[1].recorded_at,
        versions[2].recorded_at,
        None,
    ]
    assert versions[2].ends_at == event.ends_at


def test_ending_is_for_running_events(world):
    admin = world.people["admin"]
    now = timezone.now()
    planned = make_event(world.plant, starts_at=now + HOUR)
    running = make_event(world.plant, starts_at=now - HOUR)

    with pytest.raises(EventConflictError):
        end_event(planned, by=admin)
    ended = end_event(running, by=admin)

    assert ended.state == EventState.ENDED
    with pytest.raises(EventConflictError):
        end_event(ended, by=admin)


def test_ending_before_the_start_names_the_field(world):
    event = make_event(world.plant, starts_at=NOON)

    with pytest.raises(ValidationError) as refusal:
        end_event(event, by=world.people["admin"], at=NOON - HOUR)

    assert list(refusal.value.message_dict) == ["ends_at"]


def test_states_of_the_filter_agree_with_those_of_the_row(world):
    now = timezone.now()
    plant = make_plant(world.organization, 9, installed_capacity_mw=1000)
    for start, end in [(-3, -1), (-1, None), (-1, 1), (1, 2), (1, None)]:
        make_event(
            plant,
            starts_at=now + start * HOUR,
            ends_at=None if end is None else now + end * HOUR,
        )
    dismiss_event(make_event(plant), by=world.people["admin"])

    for state in EventState:
        found = set(PlantEvent.objects.in_state(state, now))
        assert found == {e for e in PlantEvent.objects.all() if e.state_at(now) == state}
        assert found


def test_a_change_does_not_undo_somebody_elses(world):
    event = make_event(world.plant)
    seen_before = PlantEvent.objects.get(pk=event.pk)
    end_event(event, by=world.people["admin"])
    seen_before.reason = "typing error"

    with pytest.raises(EventConflictError):
        update_event(seen_before, by=world.people["admin"])

    assert PlantEvent.objects.get(pk=event.pk).ends_at


def test_an_event_ends_on_a_plant_that_has_shrunk_since(world):
    now = timezone.now()
    make_event(world.plant, affected_mw=50, starts_at=now - 2 * HOUR, ends_at=now - HOUR)
    event = make_event(world.plant, affected_mw=50, starts_at=now - 2 * HOUR)
    PowerPlant.objects.filter(pk=world.plant.pk).update(installed_capacity_mw=60)
    event.refresh_from_db()

    ended = end_event(event, by=world.people["admin"])

    assert ended.state == EventState.ENDED
    ended.affected_mw = 61
    with pytest.raises(ValidationError):
        update_event(ended, by=world.people["admin"])


def test_a_statement_of_many_events_is_held_to_the_sum_of_all(world):
    """What it takes from some and gives to others counts once all of it is written."""
    other = make_plant(world.organization, 5)
    first, second = (
        make_event(world.plant, affected_mw=mw, starts_at=NOON, ends_at=NOON + 2 * HOUR)
        for mw in (70, 30)
    )
    elsewhere = make_event(other, affected_mw=100, starts_at=NOON)

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_plantevent SET affected_mw = 100 - affected_mw WHERE plant_id = %s",
            [world.plant.pk],
        )
    with pytest.raises(IntegrityError, match="only 30 MW are free"), transaction.atomic():
        PlantEvent.objects.filter(pk__in=[first.pk, elsewhere.pk]).update(affected_mw=31)

    for event in (first, second):
        event.refresh_from_db()
    assert (first.affected_mw, second.affected_mw) == (30, 70)

"""What people do with plant events. The database decides; this says it kindly.

Every function opens its own transaction and raises `ValidationError` for what may not be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from energysys.bulk import write_rows
from incidents.models import EventState, PlantEvent, shortage
from incidents.tasks import deliver_soon
from incidents.webhooks.models import Webhook


class EventConflictError(ValidationError):
    """The event is in a state, or its plant so full, that the wish came too late."""


def report_event(event: PlantEvent, *, by: User) -> PlantEvent:
    """Store a new event and recalculate the hours it touches."""
    event.reported_by = by
    return save_event(event)


def update_event(event: PlantEvent, *, by: User) -> PlantEvent:
    """Store changed fields of an event that is not dismissed and that nobody else has changed."""
    event.changed_by = by
    with transaction.atomic():
        stored = locked(event)
        refuse_dismissed(stored)
        if stored.version != event.version:
            raise EventConflictError(
                _("Somebody has changed this event meanwhile. Look at it again."), code="stale"
            )
        return save_event(event)


def write_events(
    new: Sequence[PlantEvent], changed: Sequence[PlantEvent], names: Sequence[str], by: User
) -> None:
    """Store new and changed events of plants that are locked, each kind in one statement."""
    for event in new:
        event.reported_by = by
    for event in changed:
        event.changed_by = by
    with transaction.atomic():
        write_rows(new, changed, [*names, "changed_by"], by)
    tell_webhooks([*new, *changed])


def end_event(event: PlantEvent, *, by: User, at: dt.datetime | None = None) -> PlantEvent:
    """End a running event at `at` (default: now); the later hours get their capacity back."""
    now = timezone.now()
    with transaction.atomic():
        event = locked(event)
        refuse_dismissed(event)
        state = event.state_at(now)
        if state == EventState.ENDED:
            raise EventConflictError(_("This event has already ended."), code="ended")
        if state == EventState.PLANNED:
            raise EventConflictError(
                _("This event has not started. Dismiss it instead."), code="not_started"
            )
        event.ends_at = at or now
        event.changed_by = by
        return save_event(event)


def dismiss_event(event: PlantEvent, *, by: User) -> PlantEvent:
    """Withdraw an event, before its start too; it stays readable and counts nowhere."""
    with transaction.atomic():
        event = locked(event)
        refuse_dismissed(event)
        event.dismissed_at = timezone.now()
        event.changed_by = by
        return save_event(event)


def locked(event: PlantEvent) -> PlantEvent:
    """The stored event; nobody else writes it or another one of its plant until we are done.

    The plant comes first, as it does for whoever reports: that may change this event as well.
    """
    lock_plants({event.plant_id})
    return PlantEvent.objects.select_for_update().get(pk=event.pk)


def lock_plants(keys: set[int]) -> None:
    """Let nobody else write events of these plants until the transaction ends.

    A statement that writes events begins with sharing the engine's lock. Here one that changes
    nothing does so before any event is locked: the engine, which holds that lock alone, may want
    to write the same events.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE incidents_plantevent SET version = version WHERE false")
        cursor.execute("SELECT incidents_lock_plants_v1(VARIADIC %s::bigint[])", [list(keys)])


def refuse_dismissed(event: PlantEvent) -> None:
    if event.dismissed_at:
        raise EventConflictError(
            _("This event was dismissed and does not change any more."), code="dismissed"
        )


def save_event(event: PlantEvent) -> PlantEvent:
    event.full_clean()
    with refused_kindly(event):
        event.save()
    tell_webhooks([event])
    event.refresh_from_db()
    return event


def tell_webhooks(events: Sequence[PlantEvent]) -> None:
    organizations = {event.plant.organization_id for event in events}
    if Webhook.objects.filter(organization__in=organizations, is_active=True).exists():
        deliver_soon()


@contextmanager
def refused_kindly(event: PlantEvent) -> Iterator[None]:
    """Turn a refusal of the database into the sentence that the person can act on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnostic = getattr(error.__cause__, "diag", None)
        rule = diagnostic.constraint_name if diagnostic else None
        if rule != "event_fits_installed_capacity":
            raise
        raise EventConflictError(shortage(event.free_mw())) from error

"""Plant events: failures and maintenance that take capacity from a plant."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q, Sum, Value
from django.db.models.functions import Extract, Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import OrganizationRunQuerySet
from assets.models import PowerPlant
from energysys.search import folded_column
from incidents.capacity import free_mw

# Other years are typing errors, and some of them no other time zone can express.
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
IN_THIS_CENTURY = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]


class EventType(models.TextChoices):
    FAILURE = "failure", _("Failure")
    MAINTENANCE = "maintenance", _("Maintenance")


class EventState(models.TextChoices):
    """Where an event stands in its life at an instant."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    DISMISSED = "dismissed", _("Dismissed")


class PlantEventQuerySet(OrganizationRunQuerySet["PlantEvent"]):
    organization_path = "plant__organization"

    def standing(self) -> PlantEventQuerySet:
        """Events that nobody withdrew."""
        return self.filter(dismissed_at=None)

    def running_at(self, at: dt.datetime) -> PlantEventQuerySet:
        return self.standing().filter(period__contains=at)

    def overlapping(self, start: dt.datetime, end: dt.datetime | None) -> PlantEventQuerySet:
        """Events that share an instant with `[start, end)`; without `end`, with all that comes."""
        return self.filter(period__overlap=(start, end))

    def in_state(self, state: str, at: dt.datetime) -> PlantEventQuerySet:
        """Events whose `state_at(at)` is `state`."""
        return self.filter(state_rule(state, at))


def lost_mwh_in(start: dt.datetime, end: dt.datetime) -> Sum:
    """What events take in `[start, end)`, summed: affected MW times the hours that they cover."""
    covered = ExpressionWrapper(
        Least("ends_at", Value(end)) - Greatest("starts_at", Value(start)),
        output_field=models.DurationField(),
    )
    hours = Extract(covered, "epoch") / 3600
    mwh = ExpressionWrapper(F("affected_mw") * hours, output_field=models.FloatField())
    return Sum(mwh, filter=Q(period__overlap=(start, end)), default=0.0)


def state_rule(state: str, at: dt.datetime) -> Q:
    """What makes the `state_at(at)` of an event `state`."""
    if state == EventState.DISMISSED:
        return Q(dismissed_at__isnull=False)
    return (
        Q(dismissed_at=None)
        & {
            EventState.PLANNED: Q(starts_at__gt=at),
            EventState.RUNNING: Q(period__contains=at),
            EventState.ENDED: Q(ends_at__lte=at),
        }[EventState(state)]
    )


class PlantEvent(models.Model):
    """A span `[starts_at, ends_at)` in which a plant lacks `affected_mw` of its capacity.

    An event without an end lasts until somebody ends it. The database keeps the sum of a plant's
    overlapping events within its installed capacity, versions every change and recalculates the
    hours that it touches. What the engine invents is seen by nobody before it starts, and yields
    the MW that a report needs.
    """

    plant = models.ForeignKey(
        PowerPlant, models.PROTECT, related_name="events", verbose_name=_("power plant")
    )
    event_type = models.CharField(_("type"), max_length=11, choices=EventType)
    reason = models.CharField(_("reason"), max_length=200)
    folded = folded_column("reason")
    description = models.TextField(_("description"), blank=True, max_length=4000)
    affected_mw = models.DecimalField(
        _("affected capacity, MW"),
        max_digits=9,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    starts_at = models.DateTimeField(_("start"), validators=IN_THIS_CENTURY)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True, validators=IN_THIS_CENTURY)
    period = models.GeneratedField(
        expression=Func(
            Least("starts_at", "ends_at"), F("ends_at"), Value("[)"), function="tstzrange"
        ),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )
    reported_at = models.DateTimeField(_("reported"), default=timezone.now, editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("reported by"),
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # The start of the outage that the engine invented here; where it had to yield, several rows
    # tell of one outage. The engine looks after them until a person changes one.
    invented_at = models.DateTimeField(_("invented"), null=True, editable=False)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, editable=False)

    objects = PlantEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("plant event")
        verbose_name_plural = _("plant events")
        indexes = [
            GistIndex(fields=["plant", "period"], name="event_plant_and_period"),
            models.Index(F("starts_at").desc(), F("id").desc(), name="event_newest_first"),
            models.Index(F("ends_at").desc(), name="event_last_ended"),
            models.Index(
                fields=["invented_at"],
                condition=Q(invented_at__isnull=False),
                name="event_invented",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(affected_mw__gt=0),
                name="event_affects_more_than_zero",
                violation_error_message=_("An event affects more than 0 MW."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message=_("An event ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gte=EARLIEST)
                & (Q(ends_at=None) | Q(ends_at__lte=LATEST))
                & Q(starts_at__lte=LATEST),
                name="event_is_in_this_century",
            ),
            models.CheckConstraint(
                condition=Q(event_type__in=EventType.values), name="event_type_is_known"
            ),
            models.UniqueConstraint(
                fields=["plant", "invented_at", "starts_at"],
                condition=Q(invented_at__isnull=False, dismissed_at=None),
                name="event_is_invented_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_type_display()} {self.affected_mw.normalize():f} MW, {self.plant}"

    def get_absolute_url(self) -> str:
        return reverse("incidents:event", args=[self.pk])

    def state_at(self, at: dt.datetime) -> EventState:
        if self.dismissed_at:
            return EventState.DISMISSED
        if self.starts_at > at:
            return EventState.PLANNED
        return EventState.ENDED if self.ends_at and self.ends_at <= at else EventState.RUNNING

    @property
    def state(self) -> EventState:
        return self.state_at(timezone.now())

    def told_until(self, at: dt.datetime) -> dt.datetime | None:
        """To when its duration, loss and cost are told: so far while it runs, else to its end."""
        return at if self.state_at(at) == EventState.RUNNING else self.ends_at

    def duration_at(self, at: dt.datetime) -> dt.timedelta | None:
        """None for what is planned without an end."""
        until = self.told_until(at)
        return None if until is None else until - self.starts_at

    def lost_mwh_at(self, at: dt.datetime) -> Decimal | None:
        return self.lost_mwh(self.told_until(at))

    def lost_mwh(self, at: dt.datetime | None = None) -> Decimal | None:
        """Capacity lost until `at`, MW times hours; without `at` until the end, None if open."""
        if self.dismissed_at:
            return Decimal(0)
        until = self.ends_at if at is None else min(at, self.ends_at or at)
        if until is None:
            return None
        seconds = max(0, int((until - self.starts_at).total_seconds()))
        return self.affected_mw * seconds / 3600

    @property
    def is_simulated(self) -> bool:
        """Whether the engine invented the event."""
        return self.invented_at is not None

    def clean(self) -> None:
        self.clean_span()
        counts = self.plant_id and self.starts_at and self.affected_mw and not self.dismissed_at
        if counts and not self.takes_no_more() and self.affected_mw > (free := self.free_mw()):
            raise ValidationError(shortage(free))

    def clean_span(self) -> None:
        # The database has the rule; here it finds the field that the person should change.
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("An event ends after it starts.")})

    def takes_no_more(self) -> bool:
        """Whether the stored event took at least as much; then the plant has room by right."""
        period = (self.starts_at, self.ends_at)
        stored = PlantEvent.objects.standing().filter(pk=self.pk, period__contains=period)
        return stored.filter(affected_mw__gte=self.affected_mw).exists()

    def free_mw(self) -> Decimal:
        """MW of the plant that no other event takes anywhere in this one's period."""
        return free_mw(self.plant, self.starts_at, self.ends_at, self.pk)

    def clean_fields(self, exclude: Any = None) -> None:
        # The generated column has no value of its own to check.
        super().clean_fields(exclude={*(exclude or ()), "period"})


def shortage(free_mw: Decimal) -> dict[str, ValidationError]:
    """The refusal of an event that its plant has no room for, with what is free."""
    message = _("At most %(free)s MW are free in that period.")
    params = {"free": f"{max(free_mw, Decimal(0)).normalize():f}"}
    return {"affected_mw": ValidationError(message, code="capacity", params=params)}


KEPT_OF_AN_EVENT = (
    "event_type",
    "reason",
    "description",
    "affected_mw",
    "starts_at",
    "ends_at",
    "dismissed_at",
    "version",
)


class EventVersionQuerySet(OrganizationRunQuerySet["EventVersion"]):
    organization_path = "event__plant__organization"

    def known_at(self, at: dt.datetime) -> EventVersionQuerySet:
        """What was known of each event at that instant: one version of each, or none."""
        still = Q(superseded_at=None) | Q(superseded_at__gt=at)
        return self.filter(still, recorded_at__lte=at)

    def in_state(self, state: str, at: dt.datetime) -> EventVersionQuerySet:
        if state == EventState.DISMISSED:
            return self.exclude(dismissed_at=None)
        ended = Q(ends_at__isnull=False, ends_at__lte=at)
        standing = {
            EventState.PLANNED: Q(starts_at__gt=at),
            EventState.ENDED: ended,
            EventState.RUNNING: Q(starts_at__lte=at) & ~ended,
        }
        return self.filter(standing[EventState(state)], dismissed_at=None)


class EventVersion(models.Model):
    """What was known of an event in `[recorded_at, superseded_at)`; the database writes it.

    A plan contains the maintenance known before its delivery day, so what was known must be kept.
    """

    event = models.ForeignKey(
        PlantEvent, models.CASCADE, related_name="versions", verbose_name=_("plant event")
    )
    version = models.PositiveIntegerField(_("version"))
    recorded_at = models.DateTimeField(_("recorded"))
    superseded_at = models.DateTimeField(_("superseded"), null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    event_type = models.CharField(_("type"), max_length=11, choices=EventType)
    reason = models.CharField(_("reason"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    affected_mw = models.DecimalField(_("affected capacity, MW"), max_digits=9, decimal_places=3)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"), null=True)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True)

    objects = EventVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("event version")
        verbose_name_plural = _("event versions")
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="event_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.version}"

    def as_event(self) -> PlantEvent:
        """The event as it was known then; not to be saved."""
        event = copy.copy(self.event)
        for name in KEPT_OF_AN_EVENT:
            setattr(event, name, getattr(self, name))
        return event


# Django finds models through this module; they name what stands above as a string.
from incidents.feeds.models import FeedAddress  # noqa: E402, F401
from incidents.webhooks.models import Webhook as Webhook  # noqa: E402
from incidents.webhooks.models import WebhookAttempt as WebhookAttempt  # noqa: E402
from incidents.webhooks.models import WebhookMessage as WebhookMessage  # noqa: E402

"""The list of plant events as a file: the rows of the page, all of them, with what they cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from energysys import sheets
from energysys.templatetags.market import clock_zone
from incidents.forms import EventListFilter
from incidents.models import PlantEvent
from incidents.views import EventList
from transparency.losses import losses


@require_safe
def event_list(request: HttpRequest, form: str) -> HttpResponse:
    """The events that the page's filter leaves, sorted as there, in `form`: `csv` or `xlsx`."""
    if form not in sheets.WRITERS:
        raise Http404
    events = EventList.queryset.visible_to(signed_in(request))
    chosen = EventListFilter(request.GET, queryset=events, request=request)
    # A wrong filter shows no rows on the page either.
    found = list(chosen.qs) if chosen.is_valid() else []
    rows = event_rows(found, timezone.now(), as_text=form == sheets.CSV)
    content = sheets.WRITERS[form](heads(), rows)
    response = HttpResponse(content, content_type=sheets.MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="events.{form}"'
    return response


def heads() -> list[str]:
    zone = clock_zone()
    return [
        _("Number"),
        _("State"),
        _("Plant"),
        _("EIC"),
        _("Fuel"),
        _("Type"),
        _("Reason"),
        _("Source"),
        f"{_('Affected')} (MW)",
        f"{_('Installed')} (MW)",
        f"{_('Start')} ({zone})",
        f"{_('End')} ({zone})",
        f"{_('Duration')} ({_('h')})",
        f"{_('Lost')} (MWh)",
        f"{_('Cost')} (TL)",
        _("Hours with a price"),
        _("Version"),
    ]


def event_rows(
    events: Sequence[PlantEvent], at: dt.datetime, *, as_text: bool
) -> Iterator[list[Any]]:
    """A row for each event; times on the reader's clock, in a sheet as true dates."""
    lost = losses(events, at)
    for event in events:
        state = event.state_at(at)
        loss = lost[event.pk]
        yield [
            event.pk,
            str(state.label),
            str(event.plant),
            event.plant.eic,
            event.plant.get_fuel_type_display(),
            event.get_event_type_display(),
            event.reason,
            _("Simulated") if event.is_simulated else _("Reported"),
            event.affected_mw,
            event.plant.installed_capacity_mw,
            moment(event.starts_at, as_text),
            event.ends_at and moment(event.ends_at, as_text),
            loss.duration and round(Decimal(loss.duration.total_seconds()) / 3600, 2),
            None if loss.lost_mwh is None else round(loss.lost_mwh, 3),
            loss.cost_try,
            loss.priced_hours,
            event.version,
        ]


def moment(at: dt.datetime, as_text: bool) -> str | dt.datetime:
    local = timezone.localtime(at)
    return local.isoformat() if as_text else local.replace(tzinfo=None)

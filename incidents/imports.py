"""Plant events in files. A row without an id reports an event; dismissed ones are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import bulk_api
from accounts.models import User
from assets.models import PowerPlant
from energysys.bulk import BulkTable, lock_rows
from incidents.api import EventSerializer
from incidents.crowding import crowded_out
from incidents.models import PlantEvent
from incidents.services import lock_plants, write_events


def lock_events(events: Any, named: Mapping[str, set[str]], by: User) -> Any:
    """The events, locked after the plants of the whole file, as whoever changes one does it."""
    plants = PowerPlant.objects.visible_to(by).filter(eic__in=named.get("plant", ()))
    lock_plants({*events.values_list("plant", flat=True), *plants.values_list("pk", flat=True)})
    return lock_rows(events, named, by)


EVENTS = BulkTable(
    kind="events",
    title=_("Events"),
    rows=PlantEvent.objects.standing().select_related("plant"),
    serializer=EventSerializer,
    key="id",
    columns=(
        "id",
        "plant",
        "event_type",
        "reason",
        "description",
        "affected_mw",
        "start",
        "end",
    ),
    key_is_given=False,
    lock=lock_events,
    check_alone=PlantEvent.clean_span,
    check_together=crowded_out,
    write=write_events,
)

urlpatterns = [*bulk_api.routes(EVENTS)]

"""Plant events in files. A row without an id reports an event; dismissed ones are left out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import bulk_api
from energysys.bulk import BulkTable
from incidents.api import EventSerializer
from incidents.models import PlantEvent

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
    # Each event is checked against its plant and recalculates the hours that it touches.
    max_rows=300,
)

urlpatterns = [*bulk_api.routes(EVENTS)]

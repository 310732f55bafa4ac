"""What each version of an event changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incidents.models import EventVersion, PlantEvent

COMPARED = ("event_type", "affected_mw", "starts_at", "ends_at", "reason", "description")


def history(versions: QuerySet[EventVersion]) -> Iterator[dict[str, Any]]:
    """Each version with what it changed, oldest first."""
    before: EventVersion | None = None
    for version in versions:
        yield {
            "version": version,
            "verb": verb(before, version),
            "changes": changes(before, version),
        }
        before = version


def verb(before: EventVersion | None, version: EventVersion) -> str:
    if before is None:
        return _("reported")
    if version.dismissed_at:
        return _("dismissed")
    only_end = [change["name"] for change in changes(before, version)] == ["ends_at"]
    if only_end and version.ends_at and version.ends_at <= version.recorded_at:
        return _("ended")
    return _("updated")


def changes(before: EventVersion | None, version: EventVersion) -> Sequence[dict[str, Any]]:
    """The fields that differ from the version before; the first version shows all it has."""
    found = []
    for name in COMPARED:
        old, new = getattr(before, name, None), getattr(version, name)
        if (before is None and new not in ("", None)) or (before is not None and old != new):
            label = PlantEvent._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            found.append({"name": name, "label": label, "old": old, "new": new})
    return found

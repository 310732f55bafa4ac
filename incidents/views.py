"""Plant events: the list, the report, the versions, and what ends or withdraws one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import CreateView, DetailView, ListView, UpdateView

from accounts.access import Role, RolesMixin, ScopedViewMixin, can_edit, get_editable, signed_in
from energysys.views import FilteredListMixin, InvalidFormMixin
from incidents.forms import EventForm, EventListFilter
from incidents.models import EventVersion, PlantEvent
from incidents.services import dismiss_event, end_event, report_event, update_event

EDITORS = (Role.SUPER_ADMIN, Role.ADMIN)


class EventList(FilteredListMixin, ScopedViewMixin, ListView):
    queryset = PlantEvent.objects.select_related("plant").order_by("-starts_at", "-pk")
    filterset_class = EventListFilter
    template_name = "incidents/events.html"
    partial_template_name = "incidents/_events.html"
    paginate_by = 50


class EventDetail(ScopedViewMixin, DetailView):
    queryset = PlantEvent.objects.select_related("plant__organization", "reported_by", "changed_by")
    template_name = "incidents/event.html"
    context_object_name = "event"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = self.object.versions.select_related("recorded_by").order_by("version")
        return super().get_context_data(
            history=list(history(versions))[::-1],
            state=self.object.state,
            lasts=self.object.ends_at and self.object.ends_at - self.object.starts_at,
            may_edit=can_edit(signed_in(self.request), self.object),
            **kwargs,
        )


class SaveEventMixin(InvalidFormMixin):
    """Gives the form its person and a service the event; a refusal becomes the form's error."""

    request: HttpRequest
    saved: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": signed_in(self.request)}  # type: ignore[misc]

    def store(self, event: PlantEvent) -> PlantEvent:
        raise NotImplementedError

    def form_valid(self, form: EventForm) -> HttpResponse:
        try:
            event = self.store(form.instance)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.saved % {"event": event})
        return redirect(event)


class EventReport(RolesMixin, SaveEventMixin, CreateView):
    roles = EDITORS
    model = PlantEvent
    form_class = EventForm
    template_name = "incidents/form.html"
    saved = gettext_lazy("Reported: %(event)s.")

    def get_initial(self) -> dict[str, Any]:
        now = timezone.now()
        return {"plant": self.request.GET.get("plant", ""), "starts_at": now}

    def store(self, event: PlantEvent) -> PlantEvent:
        return report_event(event, by=signed_in(self.request))


class EventUpdate(SaveEventMixin, ScopedViewMixin, UpdateView):
    queryset = PlantEvent.objects.select_related("plant")
    edits = True
    form_class = EventForm
    template_name = "incidents/form.html"
    saved = gettext_lazy("Saved: %(event)s.")

    def store(self, event: PlantEvent) -> PlantEvent:
        return update_event(event, by=signed_in(self.request))


@require_safe
def free(request: HttpRequest) -> HttpResponse:
    """How much of the plant is free in the times of a form that is being filled in."""
    user = signed_in(request)
    if not user.may_edit_events:
        raise PermissionDenied
    event = None
    if request.GET.get("event", "").isdecimal():
        event = get_editable(user, PlantEvent.objects.all(), pk=request.GET["event"])
    form = EventForm(request.GET, user=user, instance=event)
    form.is_valid()
    return render(request, "incidents/_free.html", {"form": form})


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_editable(signed_in(request), PlantEvent.objects.all(), pk=pk)
    try:
        event = end_event(event, by=signed_in(request))
        messages.success(request, _("Ended: %(event)s.") % {"event": event})
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(event)


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_editable(signed_in(request), PlantEvent.objects.all(), pk=pk)
    try:
        event = dismiss_event(event, by=signed_in(request))
        messages.success(request, _("Dismissed: %(event)s.") % {"event": event})
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(event)


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

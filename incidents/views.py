"""Plant events: the list, the report, and what changes, ends or withdraws one."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import CreateView, DetailView, ListView, UpdateView

from accounts.access import Role, RolesMixin, ScopedViewMixin, can_edit, get_editable, signed_in
from assets.models import PowerPlant
from energysys.htmx import wants_partial
from energysys.lists import FacetedListMixin
from energysys.views import InvalidFormMixin
from incidents.forms import EndForm, EventForm, EventListFilter
from incidents.history import changes, history
from incidents.models import EventState, EventType, PlantEvent, state_rule
from incidents.outlook import consequences, outage_plan, outages_ahead
from incidents.search import search
from incidents.services import (
    EventConflictError,
    dismiss_event,
    end_event,
    report_event,
    update_event,
)

EDITORS = (Role.SUPER_ADMIN, Role.ADMIN)
# How many of each kind the global search lists.
SUGGESTED, FOUND = 5, 25


@require_safe
def global_search(request: HttpRequest) -> HttpResponse:
    """What matches `q`; a few of each kind while somebody types, more as a page."""
    text = request.GET.get("q", "").strip()
    suggests = wants_partial(request)
    groups = search(signed_in(request), text, SUGGESTED if suggests else FOUND)
    context = {"groups": groups, "text": text, "count": sum(len(group.hits) for group in groups)}
    return render(
        request, "incidents/_found.html" if suggests else "incidents/search.html", context
    )


class EventList(FacetedListMixin, ScopedViewMixin, ListView):
    queryset = PlantEvent.objects.select_related("plant").order_by("-starts_at", "-pk")
    filterset_class = EventListFilter
    facet_name = "state"
    template_name = "incidents/events.html"
    partial_template_name = "incidents/_events.html"
    paginate_by = 50
    extra_context = {"default_sort": "-start"}

    def facet_rules(self) -> dict[str, tuple[Any, Q]]:
        now = timezone.now()
        states = (EventState.RUNNING, EventState.PLANNED, EventState.ENDED, EventState.DISMISSED)
        return {
            "": (_("All"), Q()),
            **{state.value: (state.label, state_rule(state, now)) for state in states},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        events = PlantEvent.objects.visible_to(signed_in(self.request)).running_at(now)
        out = events.aggregate(
            running_events=Count("pk"), out_mw=Sum("affected_mw", default=Decimal(0))
        )
        return super().get_context_data(now=now, **out, **kwargs)


class EventDetail(ScopedViewMixin, DetailView):
    """The sheet of an event; its prices and hours come from the app that has them."""

    queryset = PlantEvent.objects.select_related("plant__organization", "reported_by", "changed_by")
    template_name = "incidents/event.html"
    context_object_name = "event"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, now = self.object, timezone.now()
        versions = event.versions.select_related("recorded_by").order_by("version")
        return super().get_context_data(
            now=now,
            history=list(history(versions))[::-1],
            state=event.state_at(now),
            lasts=event.ends_at and event.ends_at - event.starts_at,
            told=event.duration_at(now),
            lost_mwh=event.lost_mwh(now),
            expected_mwh=event.lost_mwh(),
            left_mw=event.plant.installed_capacity_mw - event.affected_mw,
            reported_late=event.reported_at - event.starts_at,
            reported_early=event.starts_at - event.reported_at,
            may_edit=can_edit(signed_in(self.request), event),
            **kwargs,
        )


class SaveEventMixin(InvalidFormMixin):
    """Gives the form its person and a service the event; a refusal becomes the form's error."""

    request: HttpRequest
    saved: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": signed_in(self.request)}  # type: ignore[misc]

    def store(self, form: EventForm) -> PlantEvent:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a script the buttons that fill in or look send the form, which publishes not."""
        if "look" not in request.POST and "fill" not in request.POST:
            answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
            return answer
        self.object = self.get_object() if self.kwargs else None  # type: ignore[attr-defined]
        form = self.get_form()  # type: ignore[attr-defined]
        if "fill" in request.POST:
            form.data = with_amount(request.POST)
        form.is_valid()
        # Nothing was sent yet, so nothing is wrong yet.
        form.errors.clear()
        return self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined]

    def form_valid(self, form: EventForm) -> HttpResponse:
        try:
            event = self.store(form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            # Somebody else came first; a plant that is full has its error at the field.
            if isinstance(refusal, EventConflictError) and not hasattr(refusal, "error_dict"):
                return self.too_late(form)
            return self.form_invalid(form)
        messages.success(self.request, self.saved % {"event": event})
        return redirect(event)

    def too_late(self, form: EventForm) -> HttpResponse:
        """409: what was typed is kept, and shown beside what somebody else has stored."""
        response = self.form_invalid(form)
        response.status_code = HTTPStatus.CONFLICT
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"effect": consequences(context["form"], timezone.now())}


def with_amount(given: QueryDict) -> QueryDict:
    given = given.copy()
    given["affected_mw"] = given.get("fill", "")
    return given


class EventReport(RolesMixin, SaveEventMixin, CreateView):
    roles = EDITORS
    model = PlantEvent
    form_class = EventForm
    template_name = "incidents/form.html"
    saved = gettext_lazy("Reported: %(event)s.")

    def get_initial(self) -> dict[str, Any]:
        plant = self.request.GET.get("plant", "")
        if not plant:
            # Whoever has one plant need not choose it.
            own = PowerPlant.objects.visible_to(signed_in(self.request))
            known = list(own.values_list("eic", flat=True)[:2])
            plant = known[0] if len(known) == 1 else ""
        return {"plant": plant, "event_type": EventType.FAILURE, "starts_at": timezone.now()}

    def store(self, form: EventForm) -> PlantEvent:
        return report_event(form.instance, by=signed_in(self.request))


class EventUpdate(SaveEventMixin, ScopedViewMixin, UpdateView):
    queryset = PlantEvent.objects.select_related("plant")
    edits = True
    form_class = EventForm
    template_name = "incidents/form.html"
    saved = gettext_lazy("Saved: %(event)s.")

    def store(self, form: EventForm) -> PlantEvent:
        form.instance.version = form.cleaned_data["version"] or form.instance.version
        return update_event(form.instance, by=signed_in(self.request))

    def too_late(self, form: EventForm) -> HttpResponse:
        versions = form.instance.versions.select_related("recorded_by").order_by("version")
        newest = versions.last()
        seen = versions.filter(version=form.cleaned_data["version"]).first()
        if newest and not newest.dismissed_at:
            # Sent once more, the form now knowingly replaces the newest version.
            given = self.request.POST.copy()
            given["version"] = str(newest.version)
            form.data = given
        self.extra_context = {
            "newest": newest,
            "meanwhile": changes(seen, newest) if seen and newest else [],
        }
        return super().too_late(form)


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
    context = {"form": form, "effect": consequences(form, timezone.now()), "alone": True}
    return render(request, "incidents/_free.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an event now, or at the time that the form names."""
    events = PlantEvent.objects.select_related("plant")
    event = get_editable(signed_in(request), events, pk=pk)
    given = request.POST if request.method == "POST" else None
    form = EndForm(given, initial={"ends_at": timezone.now()})
    asks_for_a_time = request.method != "POST" or "ends_at" in request.POST
    if request.method == "POST" and form.is_valid():
        try:
            event = end_event(event, by=signed_in(request), at=form.cleaned_data["ends_at"])
        except ValidationError as refusal:
            form.add_error("ends_at", refusal.messages)
        else:
            messages.success(request, _("Ended: %(event)s.") % {"event": event})
            return redirect(event)
    if asks_for_a_time:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "incidents/end.html", {"form": form, "event": event}, status=status)
    messages.error(request, " ".join(str(error) for error in form.errors.get("ends_at", [])))
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


class OutagePlan(ScopedViewMixin, ListView):
    """What is out on each of the next 14 days, by plant, to be printed."""

    queryset = PowerPlant.objects.select_related("organization").order_by("name", "pk")
    template_name = "incidents/plan.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[PowerPlant]:
        plants = super().get_queryset()
        self.now = timezone.now()
        self.plant = None
        if chosen := self.request.GET.get("plant"):
            self.plant = get_object_or_404(plants, eic=chosen)
            plants = plants.filter(pk=self.plant.pk)
        return plants.filter(pk__in=outages_ahead(self.now).values("plant"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | outage_plan(context["page_obj"], self.now) | {"plant": self.plant}

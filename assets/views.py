"""Organizations and plants: lists, their own pages, and the forms of a Super Admin."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, DetailView, ListView, UpdateView

from accounts.access import Role, RolesMixin, ScopedViewMixin, can_create, can_edit, signed_in
from accounts.bulk_views import ListFileMixin
from accounts.models import User
from assets.availability import DAYS_AHEAD, available_steps, lowest_by_day
from assets.forms import (
    OrganizationForm,
    OrganizationListFilter,
    PlantForm,
    PlantListFilter,
)
from assets.imports import ORGANIZATIONS, PLANTS
from assets.models import Organization, PowerPlant, PowerPlantQuerySet, Status
from energysys.clock import DAY, turkish_date, turkish_midnight
from energysys.lists import FacetedListMixin
from energysys.views import FilteredListMixin, InvalidFormMixin, OneAtATimeMixin

MAKERS = (Role.SUPER_ADMIN,)
LISTED = 50
EVENTS_LISTED = 20
EVENTS_SINCE = 7 * DAY


class OrganizationList(ListFileMixin, FilteredListMixin, ScopedViewMixin, ListView):
    queryset = Organization.objects.annotate(
        plant_count=Count("plants"), installed_mw=Sum("plants__installed_capacity_mw")
    ).order_by("name", "pk")
    filterset_class = OrganizationListFilter
    table = ORGANIZATIONS
    template_name = "assets/organizations.html"
    partial_template_name = "assets/_organizations.html"
    paginate_by = 50
    extra_context = {"default_sort": "name"}


class OrganizationDetail(ScopedViewMixin, DetailView):
    """What an organization runs, how much of it is available, and who works there."""

    queryset = Organization.objects.all()
    slug_field = slug_url_kwarg = "eic"
    context_object_name = "organization"
    template_name = "assets/organization.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = signed_in(self.request)
        plants = PowerPlant.objects.filter(organization=self.object)
        plants = plants.with_availability(timezone.now())
        people = User.objects.visible_to(user).filter(organization=self.object)
        totals = plants.aggregate(
            count=Count("pk"), installed=Sum("installed_capacity_mw"), available=Sum("available_mw")
        )
        return super().get_context_data(
            plants=plants.order_by("-installed_capacity_mw", "pk")[:LISTED],
            totals=totals,
            people=people.order_by("username", "pk")[:LISTED],
            sees_people=user.role != Role.ANALYST,
            may_edit=can_edit(user, self.object),
            **kwargs,
        )


class SaveMixin(InvalidFormMixin):
    """Saves the form of a model and says so; `saved` is the sentence."""

    request: HttpRequest
    saved: Any

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        messages.success(self.request, self.saved % {"name": form.instance})
        return response


class OrganizationCreate(RolesMixin, SaveMixin, CreateView):
    roles = MAKERS
    model = Organization
    form_class = OrganizationForm
    template_name = "assets/organization_form.html"
    saved = _("Registered: %(name)s.")


class OrganizationUpdate(OneAtATimeMixin, SaveMixin, ScopedViewMixin, UpdateView):
    queryset = Organization.objects.all()
    edits = True
    slug_field = slug_url_kwarg = "eic"
    form_class = OrganizationForm
    template_name = "assets/organization_form.html"
    saved = _("Saved: %(name)s.")


class AvailabilityMixin:
    """Plants with what they can offer now."""

    def get_queryset(self) -> QuerySet[PowerPlant]:
        plants = cast("PowerPlantQuerySet", super().get_queryset())  # type: ignore[misc]
        return plants.with_availability(timezone.now())


class PlantList(ListFileMixin, FacetedListMixin, AvailabilityMixin, ScopedViewMixin, ListView):
    queryset = PowerPlant.objects.select_related("organization").order_by("name", "pk")
    filterset_class = PlantListFilter
    facet_name = "status"
    table = PLANTS
    template_name = "assets/plants.html"
    partial_template_name = "assets/_plants.html"
    paginate_by = 50
    extra_context = {"default_sort": "name"}

    def facet_rules(self) -> dict[str, tuple[Any, Q]]:
        return {
            "": (_("All"), Q()),
            **{status.value: (status.label, Q(status=status)) for status in Status},
        }


class PlantDetail(AvailabilityMixin, ScopedViewMixin, DetailView):
    """State, what is available ahead, facts and events; hours come from the app that has them."""

    queryset = PowerPlant.objects.select_related("organization")
    slug_field = slug_url_kwarg = "eic"
    context_object_name = "plant"
    template_name = "assets/plant.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        today = turkish_midnight(turkish_date(now))
        user = signed_in(self.request)
        events = self.object.events.standing()
        ahead = available_steps(
            self.object.installed_capacity_mw,
            events.overlapping(now, today + DAYS_AHEAD * DAY),
            now,
            today + DAYS_AHEAD * DAY,
        )
        return super().get_context_data(
            now=now,
            running=events.running_at(now).order_by("starts_at", "pk"),
            full_again=next((step.start for step in ahead if not step.lost_mw), None),
            days=lowest_by_day(ahead),
            events=self.object.events.overlapping(now - EVENTS_SINCE, None).order_by(
                "-starts_at", "-pk"
            )[:EVENTS_LISTED],
            may_report=can_create(user, self.object.events.model),
            may_edit=can_edit(user, self.object),
            **kwargs,
        )


class PlantFormMixin(SaveMixin):
    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": signed_in(self.request)}  # type: ignore[misc]


class PlantCreate(RolesMixin, PlantFormMixin, CreateView):
    roles = MAKERS
    model = PowerPlant
    form_class = PlantForm
    template_name = "assets/plant_form.html"
    saved = _("Registered: %(name)s.")

    def get_initial(self) -> dict[str, Any]:
        return {"organization": self.request.GET.get("organization", "")}


class PlantUpdate(OneAtATimeMixin, PlantFormMixin, ScopedViewMixin, UpdateView):
    queryset = PowerPlant.objects.select_related("organization")
    edits = True
    form_class = PlantForm
    template_name = "assets/plant_form.html"
    slug_field = slug_url_kwarg = "eic"
    saved = _("Saved: %(name)s.")

"""The filters of organizations and plants as their pages show them, and the forms of both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.models import User
from assets.filters import OrganizationFilter, PlantFilter, visible_organizations
from assets.models import RENEWABLE_FUELS, FuelType, Organization, PowerPlant, Status
from energysys.fields import MegawattField, UnchangedForm
from energysys.lists import SortFilter


class OrganizationListFilter(OrganizationFilter):
    sort = SortFilter(
        fields={
            "name": "name",
            "eic": "eic",
            "plant_count": "plants",
            "installed_mw": "installed",
        }
    )


class PlantListFilter(PlantFilter):
    """One fuel at a time, from a list; the status is offered as facets."""

    organization = filters.ModelChoiceFilter(
        queryset=visible_organizations,
        to_field_name="eic",
        label=_("organization"),
        empty_label=_("All organizations"),
    )
    fuel_type = filters.ChoiceFilter(
        choices=FuelType.choices, label=_("fuel"), empty_label=_("All fuels")
    )
    status = filters.ChoiceFilter(choices=Status.choices, label=_("Status now"))
    sort = SortFilter(
        fields={
            "name": "name",
            "fuel_type": "fuel",
            "organization__name": "organization",
            "installed_capacity_mw": "installed",
            "available_mw": "available",
        }
    )


class EicField(forms.CharField):
    """An EIC, typed in any case."""

    widget = forms.TextInput(
        {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class OrganizationForm(UnchangedForm):
    eic = EicField(
        label="EIC",
        max_length=16,
        help_text=_("16 characters; the third is X, the last one a check character."),
    )

    class Meta:
        model = Organization
        fields = ["name", "eic", "invents_outages"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Organization.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("An organization with this name already exists."), code="unique"
            )
        return name


class PlantForm(UnchangedForm):
    eic = EicField(
        label="EIC",
        max_length=16,
        help_text=_("16 characters; the third is W, the last one a check character."),
    )
    installed_capacity_mw = MegawattField(
        label=_("installed capacity"),
        min_value=Decimal("0.001"),
        max_digits=9,
        decimal_places=3,
    )

    class Meta:
        model = PowerPlant
        fields = [
            "name",
            "eic",
            "organization",
            "fuel_type",
            "installed_capacity_mw",
            "is_res",
            "is_yekdem",
        ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization: Any = self.fields["organization"]
        organization.queryset = Organization.objects.visible_to(user).order_by("name")
        organization.to_field_name = "eic"
        organization.empty_label = _("Choose an organization")
        fuel: Any = self.fields["fuel_type"]
        fuel.choices = [("", _("Choose a fuel")), *FuelType.choices]
        if self.instance.pk:
            self.initial["organization"] = self.instance.organization.eic

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or self.cleaned_data
        # The database refuses both; here the person learns which box to clear.
        if wish.get("is_res") and wish.get("fuel_type") not in (*RENEWABLE_FUELS, None):
            self.add_error("is_res", _("A plant with this fuel is not renewable."))
        if wish.get("is_yekdem") and not wish.get("is_res"):
            self.add_error("is_yekdem", _("YEKDEM supports renewable plants only."))
        return wish

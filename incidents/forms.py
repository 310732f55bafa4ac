"""The filter and the forms of plant events: Turkish times, megawatts as the reader writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters

from accounts.models import User
from assets.filters import visible_plants
from assets.models import FuelType, PowerPlant
from energysys.fields import LongSelect, MegawattField
from energysys.lists import SortFilter
from energysys.templatetags.market import mw
from incidents.capacity import Room
from incidents.filters import EventFilter
from incidents.models import EventState, EventType, PlantEvent

FIRST_YEAR, LAST_YEAR = 2000, 2100
SOURCES = [
    ("", gettext_lazy("All sources")),
    ("false", gettext_lazy("Reported")),
    ("true", gettext_lazy("Simulated")),
]


class EventTimeField(forms.DateTimeField):
    """A Turkish time to the minute."""

    default_error_messages = {
        "invalid": gettext_lazy("Enter a date and a time, such as 2026-11-22T16:20.")
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        try:
            time = super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if time and not FIRST_YEAR <= time.year < LAST_YEAR:
            raise ValidationError(_("Enter a time from 2000 to 2099."), code="year")
        return time


class EventTimeFilter(filters.Filter):
    field_class = EventTimeField


class EventListFilter(EventFilter):
    """The event filter as the page shows it: Turkish times, and the state as facets."""

    q = filters.CharFilter(method="filter_text", label=gettext_lazy("Plant or reason contains"))
    plant = filters.ModelChoiceFilter(
        queryset=visible_plants, to_field_name="eic", label=gettext_lazy("plant")
    )
    event_type = filters.ChoiceFilter(
        choices=EventType.choices, label=gettext_lazy("type"), empty_label=gettext_lazy("Any type")
    )
    fuel_type = filters.ChoiceFilter(
        field_name="plant__fuel_type",
        choices=FuelType.choices,
        label=gettext_lazy("fuel"),
        empty_label=gettext_lazy("All fuels"),
    )
    state = filters.ChoiceFilter(
        choices=EventState.choices, method="filter_state", label=gettext_lazy("State now")
    )
    is_simulated = filters.BooleanFilter(
        field_name="invented_at",
        lookup_expr="isnull",
        exclude=True,
        label=gettext_lazy("source"),
        widget=forms.Select(choices=SOURCES),
    )
    start = EventTimeFilter(method="filter_start", label=gettext_lazy("from"))
    end = EventTimeFilter(
        field_name="starts_at", lookup_expr="lt", label=gettext_lazy("until (not included)")
    )
    sort = SortFilter(
        fields={
            "starts_at": "start",
            "ends_at": "end",
            "plant__name": "plant",
            "reason": "reason",
            "affected_mw": "affected",
        }
    )

    @property
    def is_narrow(self) -> bool:
        """Whether one of the filters is set that the page folds away."""
        folded = ("event_type", "fuel_type", "is_simulated", "start", "end")
        return any(self.form.data.get(name) for name in folded)


class EventForm(forms.ModelForm):
    """Checks what the database will check, so that the answer names the field and the fix."""

    plant = forms.ModelChoiceField(
        PowerPlant.objects.none(),
        label=gettext_lazy("plant"),
        to_field_name="eic",
        empty_label=gettext_lazy("Choose a plant"),
        widget=LongSelect,
    )
    affected_mw = MegawattField(
        label=gettext_lazy("affected capacity"),
        min_value=Decimal("0.001"),
        max_digits=9,
        decimal_places=3,
    )
    starts_at = EventTimeField(label=gettext_lazy("start"))
    ends_at = EventTimeField(label=gettext_lazy("expected end"), required=False)
    # Which version the person was reading; somebody else's newer one must not be overwritten.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    class Meta:
        model = PlantEvent
        fields = [
            "plant",
            "event_type",
            "starts_at",
            "ends_at",
            "affected_mw",
            "reason",
            "description",
        ]
        widgets = {
            "event_type": forms.RadioSelect,
            "reason": forms.TextInput({"list": "reasons", "autocomplete": "off"}),
            "description": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plants = PowerPlant.objects.visible_to(user).order_by("name", "pk")
        self.fields["plant"].queryset = plants  # type: ignore[attr-defined]
        # Without it the choices would begin with an empty one.
        self.fields["event_type"].choices = self.fields["event_type"].choices[1:]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["plant"].disabled = True
            self.initial["plant"] = self.instance.plant.eic
            self.initial["version"] = self.instance.version

    def clean_starts_at(self) -> dt.datetime:
        return self.with_seconds("starts_at")  # type: ignore[return-value]

    def clean_ends_at(self) -> dt.datetime | None:
        return self.with_seconds("ends_at")

    def with_seconds(self, name: str) -> dt.datetime | None:
        """The field shows minutes; a time that nobody touched keeps its seconds."""
        given: dt.datetime | None = self.cleaned_data[name]
        stored: dt.datetime | None = getattr(self.instance, name) if self.instance.pk else None
        if given and stored and stored.replace(second=0, microsecond=0) == given:
            return stored
        return given

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or self.cleaned_data
        start, end = wish.get("starts_at"), wish.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("The end is not after the start."))
        lost = wish.get("affected_mw")
        if self.room and lost and lost > self.room.free_mw:
            sentence = _("At most %(free)s MW are free in that period.")
            self.add_error("affected_mw", sentence % {"free": mw(self.room.free_mw)})
        return wish

    @cached_property
    def chosen_plant(self) -> PowerPlant | None:
        """The plant that is entered, stored, or asked for by the address."""
        if self.instance.pk:
            return self.instance.plant
        if self.is_bound:
            return self.cleaned_data.get("plant")
        plants = self.fields["plant"].queryset  # type: ignore[attr-defined]
        return plants.filter(eic=self.initial.get("plant")).first()

    @cached_property
    def room(self) -> Room | None:
        """What is free in the period of the form; None while plant or times are unclear."""
        source = self.cleaned_data if self.is_bound else self.initial
        start, end = source.get("starts_at"), source.get("ends_at")
        if self.chosen_plant is None or start is None or (end and end <= start):
            return None
        return Room(self.chosen_plant, start, end, self.instance.pk)


class EndForm(forms.Form):
    """When an event ended, or will; the form offers the present minute."""

    ends_at = EventTimeField(label=gettext_lazy("end"), required=False)

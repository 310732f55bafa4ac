"""The one filter of the hourly pages: it drives chart, table, export and link alike.

What the person chose stands in the address, days as Turkish market days, so that the same address
shows the same view tomorrow and in another zone or language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from assets.models import FuelType, Organization, PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.templatetags.market import number, short_day
from transparency.columns import PRICE_GAP, PTF, SMF
from transparency.plant_rows import ScopedPlant, plants_by_name
from transparency.series import PlantScope, Span

MAX_DAYS = 31
MAX_PLANTS = 50
# Rows of a table by plant and hour.
MAX_ROWS = 100_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
LISTED_MATCHES = 4
EXPORTS = (("csv", "CSV"), ("xlsx", "XLSX"))
# How long ago the hours lie that these are compared with.
SHIFTS = {"day": DAY, "week": 7 * DAY}
# First and last day, counted from today.
PRESETS = (
    (gettext_lazy("Yesterday"), -1, -1),
    (gettext_lazy("Today"), 0, 0),
    (gettext_lazy("Tomorrow"), 1, 1),
    (gettext_lazy("Week"), -6, 1),
    (gettext_lazy("Month"), -29, 1),
)


class Preset(NamedTuple):
    label: Any
    query: str
    is_current: bool


class Chip(NamedTuple):
    """Something that is set, and the address without it."""

    label: str
    query: str


def day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class RangeForm(forms.Form):
    """Turkish days from `start` to `end`, both included; without them today."""

    sorts: Sequence[str] = ()

    start = day_field(gettext_lazy("first day"))
    end = day_field(gettext_lazy("last day"))
    compare = forms.ChoiceField(
        label=gettext_lazy("compare with"),
        required=False,
        choices=[
            ("", pgettext_lazy("compare with", "nothing")),
            ("day", gettext_lazy("the day before")),
            ("week", gettext_lazy("the same day last week")),
        ],
        widget=forms.Select({"class": "auto"}),
    )
    sort = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(required=False, choices=EXPORTS, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, user: User, at: dt.datetime) -> None:
        data = data.copy()
        self.today = turkish_date(at)
        self.at = at
        # The fields show the day that is meant when the address names none.
        if not data.get("start") and not data.get("end"):
            data["start"] = data["end"] = self.today.isoformat()
        super().__init__(data)
        self.fields["sort"].choices = [  # type: ignore[attr-defined]
            (f"{sign}{name}", name) for name in self.sorts for sign in ("", "-")
        ]

    def clean(self) -> dict[str, Any]:
        days = self.cleaned_data
        if "start" not in days or "end" not in days:
            return days
        days["start"] = days["start"] or days["end"]
        days["end"] = days["end"] or days["start"]
        for name in ("start", "end"):
            if not FIRST_YEAR <= days[name].year < LAST_YEAR:
                self.add_error(name, _("Choose a day from 2000 to 2099."))
        if self.errors:
            return days
        if days["end"] < days["start"]:
            self.add_error("end", _("The last day is before the first one."))
        elif days["end"] - days["start"] >= MAX_DAYS * DAY:
            self.add_error("end", _("Choose at most %(days)s days.") % {"days": MAX_DAYS})
        return days

    def span(self) -> Span:
        """The chosen days; an empty span when the form has an error."""
        if not self.is_valid():
            today = turkish_midnight(self.today)
            return Span(today, today, self.at)
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        return Span(turkish_midnight(start), turkish_midnight(end + DAY), self.at)

    def chosen(self) -> dict[str, list[str]]:
        """The parameters that make up this view, and no others."""
        days = self.cleaned_data
        found = {name: [days[name].isoformat()] for name in ("start", "end") if days.get(name)}
        for name in ("compare", "sort"):
            if days.get(name):
                found[name] = [days[name]]
        return found

    def query(self, **changes: Any) -> str:
        """The address of this view with some parameters changed; an empty one is left out."""
        wanted = QueryDict(mutable=True)
        for name, values in {**self.chosen(), **changes}.items():
            wanted.setlist(name, [values] if isinstance(values, str) else values)
        return "?" + wanted.urlencode()

    def presets(self) -> Iterator[Preset]:
        chosen = (self.cleaned_data.get("start"), self.cleaned_data.get("end"))
        for label, first, last in PRESETS:
            start, end = self.today + first * DAY, self.today + last * DAY
            query = self.query(start=start.isoformat(), end=end.isoformat())
            yield Preset(label, query, chosen == (start, end))

    def chips(self) -> Iterator[Chip]:
        days = self.cleaned_data
        if (days["start"], days["end"]) != (self.today, self.today):
            words = short_day(days["start"])
            if days["end"] != days["start"]:
                words += f" → {short_day(days['end'])}"
            yield Chip(words, self.query(start=[], end=[]))
        if days.get("compare"):
            words = dict(self.fields["compare"].choices)[days["compare"]]  # type: ignore[attr-defined]
            yield Chip(_("Compared with %(what)s") % {"what": words}, self.query(compare=[]))

    def exports(self) -> Iterator[tuple[str, str]]:
        for name, label in EXPORTS:
            yield label, self.query(format=name)


class PriceForm(RangeForm):
    sorts = ("hour", "ptf", "smf", "gap", "before", "change")
    heat = forms.ChoiceField(
        required=False,
        choices=[("smf", SMF.label), ("gap", PRICE_GAP.label)],
        widget=forms.HiddenInput,
    )

    def heat_choices(self) -> list[tuple[Any, str, bool]]:
        """What the heat map can show, each with its address."""
        chosen = self.cleaned_data.get("heat", "")
        choices = [("", PTF.label), *self.fields["heat"].choices]  # type: ignore[attr-defined]
        return [(label, self.query(heat=name or []), name == chosen) for name, label in choices]

    def chosen(self) -> dict[str, list[str]]:
        heat = self.cleaned_data.get("heat")
        return super().chosen() | ({"heat": [heat]} if heat else {})


class ConsumptionForm(RangeForm):
    sorts = ("hour", "actual", "forecast", "error", "error_share", "before", "change")


class PlantField(forms.CharField):
    """A plant by its EIC or name, or by a part of the name that no other plant has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=200,
            widget=forms.TextInput({"autocomplete": "off", "list": "plant-names"}),
            **kwargs,
        )
        self.plants: QuerySet[PowerPlant] = PowerPlant.objects.none()

    def clean(self, value: Any) -> PowerPlant | None:
        text = super().clean(value)
        if not text:
            return None
        for lookup in ({"eic": text.upper()}, {"name__iexact": text}, {"name__icontains": text}):
            found = list(self.plants.filter(**lookup)[: LISTED_MATCHES + 1])
            if len(found) == 1:
                return found[0]
            if found:
                names = ", ".join(f"{plant} ({plant.eic})" for plant in found[:LISTED_MATCHES])
                raise ValidationError(
                    _("Several plants match, name one of them: %(names)s"), params={"names": names}
                )
        raise ValidationError(_("No plant of yours has this name or EIC."))


class GenerationForm(RangeForm):
    """The days, the plants by EIC, organization or fuel, and what a row of the table is."""

    sorts = (
        "hour",
        "fuel",
        "plant",
        "planned",
        "actual",
        "deviation",
        "deviation_share",
        "settled",
        "before",
        "change",
    )

    by = forms.ChoiceField(
        label=gettext_lazy("rows"),
        required=False,
        choices=[
            ("", gettext_lazy("Hours")),
            ("fuel", gettext_lazy("Fuels")),
            ("plant", gettext_lazy("Plants")),
            ("plant_hour", gettext_lazy("Plants and hours")),
        ],
        widget=forms.HiddenInput,
    )
    plant = forms.ModelMultipleChoiceField(
        PowerPlant.objects.none(),
        label=gettext_lazy("plants"),
        required=False,
        to_field_name="eic",
        widget=forms.MultipleHiddenInput,
    )
    add = PlantField(label=gettext_lazy("add a plant"))
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("organization"),
        required=False,
        to_field_name="eic",
        empty_label=gettext_lazy("All organizations"),
        widget=forms.Select({"class": "auto"}),
    )
    fuel_type = forms.MultipleChoiceField(
        label=gettext_lazy("fuels"),
        choices=FuelType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    versus = PlantField(label=gettext_lazy("compare with plant"))

    def __init__(self, data: QueryDict, *, user: User, at: dt.datetime) -> None:
        super().__init__(data, user=user, at=at)
        self.user = user
        self.plants = PowerPlant.objects.visible_to(user).order_by("name", "pk")
        self.fields["plant"].queryset = self.plants  # type: ignore[attr-defined]
        for name in ("add", "versus"):
            self.fields[name].plants = self.plants  # type: ignore[attr-defined]
        if user.is_super_admin:
            organizations = Organization.objects.visible_to(user).order_by("name")
            self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
        else:
            # There is but one, and it is chosen already.
            self.fields["organization"].widget = forms.HiddenInput()
            organizations = Organization.objects.visible_to(user)
            self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        plants = list(wanted.get("plant") or ())
        if wanted.get("add") and wanted["add"] not in plants:
            plants.append(wanted["add"])
        if len(plants) > MAX_PLANTS:
            self.add_error("add", _("Choose at most %(count)s plants.") % {"count": MAX_PLANTS})
        wanted["plant"] = sorted(plants, key=lambda plant: (plant.name, plant.pk))
        if wanted.get("versus") and wanted.get("compare"):
            self.add_error("versus", _("Compare with a time or with a plant, not with both."))
        if wanted.get("by") == "plant_hour" and not self.errors:
            self.limit_rows(wanted["end"] - wanted["start"] + DAY)
        return wanted

    @cached_property
    def scoped_plants(self) -> list[ScopedPlant]:
        """The plants of a table by plant and hour."""
        return plants_by_name(self.scope())

    def limit_rows(self, lasts: dt.timedelta) -> None:
        rows = len(self.scoped_plants) * (lasts // HOUR)
        if rows > MAX_ROWS:
            sentence = _(
                "By plant and hour these are %(rows)s rows, at most %(most)s can be shown."
            )
            figures = {"rows": number(rows, 0), "most": number(MAX_ROWS, 0)}
            fix = _("Choose fewer days, fuels or plants.")
            self.add_error(None, f"{sentence % figures} {fix}")

    def chosen(self) -> dict[str, list[str]]:
        wanted = self.cleaned_data
        found = super().chosen()
        if wanted.get("by"):
            found["by"] = [wanted["by"]]
        if wanted.get("plant"):
            found["plant"] = [plant.eic for plant in wanted["plant"]]
        if wanted.get("organization"):
            found["organization"] = [wanted["organization"].eic]
        if wanted.get("fuel_type"):
            found["fuel_type"] = wanted["fuel_type"]
        if wanted.get("versus"):
            found["versus"] = [wanted["versus"].eic]
        return found

    def chips(self) -> Iterator[Chip]:
        yield from super().chips()
        wanted = self.cleaned_data
        eics = [plant.eic for plant in wanted["plant"]]
        for plant in wanted["plant"]:
            yield Chip(str(plant), self.query(plant=[eic for eic in eics if eic != plant.eic]))
        if wanted["organization"]:
            yield Chip(str(wanted["organization"]), self.query(organization=[]))
        for fuel in wanted["fuel_type"]:
            others = [other for other in wanted["fuel_type"] if other != fuel]
            yield Chip(str(FuelType(fuel).label), self.query(fuel_type=others))
        if wanted["versus"]:
            words = _("Compared with %(what)s") % {"what": wanted["versus"]}
            yield Chip(words, self.query(versus=[]))

    def groupings(self) -> list[tuple[Any, str, bool]]:
        chosen = self.cleaned_data.get("by", "")
        return [
            (label, self.query(by=value or [], sort=[]), value == chosen)
            for value, label in self.fields["by"].choices  # type: ignore[attr-defined]
        ]

    @property
    def by_fuel(self) -> str:
        return self.query(by="fuel", sort=[])

    def scope(self) -> PlantScope:
        """The plants that the person may see and has chosen."""
        wanted = self.cleaned_data
        scope = visible_scope(self.user)
        conditions, parameters = [*scope.conditions], [*scope.parameters]
        if wanted["plant"]:
            conditions.append("plant.id = ANY (%s)")
            parameters.append([plant.pk for plant in wanted["plant"]])
        if wanted["organization"]:
            conditions.append("plant.organization_id = %s")
            parameters.append(wanted["organization"].pk)
        if wanted["fuel_type"]:
            conditions.append("plant.fuel_type = ANY (%s)")
            parameters.append(wanted["fuel_type"])
        return PlantScope(conditions, parameters)


def visible_scope(user: User) -> PlantScope:
    """What `PowerPlant.objects.visible_to(user)` says, for a query of the hours."""
    if user.is_super_admin:
        return PlantScope()
    return PlantScope(["plant.organization_id = %s"], [user.organization_id])

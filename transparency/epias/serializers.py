"""What the services are asked with. Unknown keys are ignored, `null` means not given."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from energysys.clock import turkish_date
from transparency.epias.errors import TOO_LONG

LARGEST_KEY = 2**63 - 1
LONGEST_MONTHS = 3
MOST_IDS = 1000
FAILURE, MAINTENANCE = 0, 2


class TurkishDayField(serializers.Field[dt.date, Any, str, Any]):
    """The Turkish day that contains an instant; the instant needs its offset."""

    default_error_messages = {
        "invalid": _("This is not a time such as 2026-11-22T00:00:00+03:00."),
        "naive": _("A time needs its offset, such as +03:00 or Z."),
        "century": _("Only the years 2000 to 2099 are there."),
    }

    def to_internal_value(self, value: Any) -> dt.date:
        try:
            # Python reads past a NUL at the end.
            instant = parse_datetime(value) if value.isprintable() else None
        except (AttributeError, TypeError, ValueError):
            instant = None
        if instant is None:
            self.fail("invalid")
        if instant.tzinfo is None:
            self.fail("naive")
        # The first and the last year have times that no other zone can express.
        if not 1 < instant.year < dt.MAXYEAR or not 2000 <= turkish_date(instant).year < 2100:
            self.fail("century")
        return turkish_date(instant)

    def to_representation(self, value: dt.date) -> str:
        return value.isoformat()


def whole_number(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=LARGEST_KEY, **options)


def key() -> serializers.IntegerField:
    """An id, as a number or as text."""
    return whole_number(required=False, allow_null=True, default=None)


class Sort(serializers.Serializer[Any]):
    field = serializers.CharField(max_length=60, required=False, allow_null=True, default=None)
    direction = serializers.ChoiceField(["ASC", "DESC"], required=False, default="ASC")


class Page(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1, default=1)
    size = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    sort = Sort(required=False, allow_null=True, default=None)


class Asking(serializers.Serializer[Any]):
    """Without a page all rows are wanted."""

    page = Page(required=False, allow_null=True, default=None)


class Days(Asking):
    """`startDate` and `endDate`: whole Turkish days, both included."""

    startDate = TurkishDayField()
    endDate = TurkishDayField()

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if wanted["endDate"] < wanted["startDate"]:
            raise serializers.ValidationError({"endDate": _("The end lies before the start.")})
        return wanted


class RegionDays(Days):
    region = serializers.ChoiceField(["TR1"], required=False, allow_null=True)


class StartDay(Asking):
    startDate = TurkishDayField()


class DayOn(StartDay):
    """One day, or the days to `endDate` where that is given."""

    endDate = TurkishDayField(required=False, allow_null=True, default=None)

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        wanted["endDate"] = wanted["endDate"] or wanted["startDate"]
        return Days.validate(self, wanted)  # type: ignore[arg-type]


class QuarterDays(Days):
    """No more than three months at once."""

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        wanted = super().validate(wanted)
        if wanted["endDate"] > months_later(wanted["startDate"], LONGEST_MONTHS):
            message = _("No more than three months can be asked for at once.")
            raise serializers.ValidationError({"endDate": message}, code=TOO_LONG)
        return wanted


def months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class RealtimeGeneration(QuarterDays):
    powerPlantId = key()


class InjectionQuantity(QuarterDays):
    # Of all services this one alone spells it so.
    powerplantId = key()


class Plan(RegionDays):
    organizationId = key()
    uevcbId = key()


def keys() -> serializers.ListField:
    return serializers.ListField(child=whole_number(), max_length=MOST_IDS)


class PlanBulk(Asking):
    date = TurkishDayField()
    region = serializers.ChoiceField(["TR1"], required=False, allow_null=True)
    uevcbIds = keys()


class GenerationBulk(Asking):
    date = TurkishDayField()
    powerPlantIds = keys()


class UnitsOfOrganization(StartDay):
    organizationId = whole_number()


class UnitsOfOrganizations(StartDay):
    organizationIds = keys()


class PlantsOfOrganization(StartDay):
    organizationId = key()


class UnitsOfPlant(StartDay):
    powerPlantId = whole_number()


class Period(Asking):
    period = TurkishDayField()
    organizationId = key()


class Participants(Asking):
    organizationId = key()


class Messages(Days):
    regionId = serializers.ChoiceField(["1"], required=False, allow_null=True)
    organizationId = key()
    uevcbId = key()
    powerPlantId = key()
    mesajTipId = serializers.ChoiceField(
        [FAILURE, MAINTENANCE], required=False, allow_null=True, default=None
    )

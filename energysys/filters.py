"""Filter fields that every app shares."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters


class AwareDateTimeField(forms.CharField):
    """A time with its offset; without one nobody knows which hour it means."""

    def to_python(self, value: Any) -> dt.datetime | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        # In an address an unescaped + arrives as a blank.
        try:
            time = parse_datetime(text.replace(" ", "+", 1) if "T" in text else text)
        except ValueError:
            time = None
        # The first and the last year have times that no other zone can express.
        if time is None or not 1 < time.year < dt.MAXYEAR:
            raise ValidationError(_("This is not a time such as 2026-11-22T13:00:00+03:00."))
        if time.tzinfo is None:
            raise ValidationError(_("A time needs its offset, such as +03:00 or Z."))
        # PostgreSQL takes no offset of 16 hours or more.
        return time.astimezone(dt.UTC)


class AwareDateTimeFilter(filters.Filter):
    field_class = AwareDateTimeField

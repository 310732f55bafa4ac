"""Form fields that every app shares."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.forms.utils import flatatt
from django.utils import formats
from django.utils.formats import sanitize_separators
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

PLAIN_NUMBER = re.compile(r"[+-]?[0-9.]*")


class LongSelect(forms.Select):
    """A list of thousands: Django would render a template for each of its options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected") if str(key) in chosen else "", label)
                for key, label in self.choices
            ),
        )
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attributes, options)


class MegawattField(forms.DecimalField):
    """Takes `1.200,5` and `1,200.5` alike: only a group of three digits is a thousand."""

    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = with_decimal_point(value.strip())
            # Python alone would read `1_0` as 10 and `1e2` as 100.
            if not PLAIN_NUMBER.fullmatch(value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return formats.number_format(f"{value.normalize():f}", use_l10n=True)
        return value


def with_decimal_point(text: str) -> str:
    grouping = formats.get_format("THOUSAND_SEPARATOR")
    head, found, tail = text.rpartition(grouping)
    if found and grouping not in head and len(tail) != 3 and tail.isdigit():
        return f"{head}.{tail}"
    return str(sanitize_separators(text))


class UnchangedForm(forms.ModelForm):
    """A form that saves only what nobody has changed since its page was made.

    It writes all of its fields: an older page would undo an import that came between.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = ""
        if self.instance.pk:
            values = sorted(model_to_dict(self.instance, self._meta.fields).items())
            self.stored = hashlib.sha256(repr(values).encode()).hexdigest()
            self.initial["seen"] = self.stored

    def clean(self) -> Any:
        cleaned = super().clean()
        seen = self.cleaned_data.get("seen")
        if seen and seen != self.stored:
            told = _("Somebody has changed this meanwhile. Read it again.")
            raise ValidationError(told, code="stale")
        return cleaned

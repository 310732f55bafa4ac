"""The values of a file's cells, in the one way of writing that rows are compared in."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers

from energysys.clock import ISTANBUL
from energysys.sheets import plain

YES = {"true", "1", "yes", "y", "evet", "e", "doğru", "dogru"}
NO = {"false", "0", "no", "n", "hayır", "hayir", "h", "yanlış", "yanliş", "yanlis"}
TURKISH_TIME = re.compile(
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})[ T]+(?P<H>\d{1,2}):(?P<M>\d{2})(:(?P<S>\d{2}))?"
)
ONE_MARK = re.compile(r"(?P<head>-?\d+)(?P<mark>[.,])(?P<tail>\d+)")
GROUPED = re.compile(r"-?\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*(?P<rest>[.,]\d+)?")


def is_number(bound: serializers.Field[Any, Any, Any, Any]) -> bool:
    return isinstance(bound, serializers.DecimalField)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes the text: no NUL and no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)


def canonical(bound: Any, text: str, *, dot_is_decimal: bool) -> str:
    """The cell as the export writes it; what cannot be read stays for the serializer to refuse."""
    if is_number(bound):
        return canonical_number(text.strip(), dot_is_decimal=dot_is_decimal)
    if isinstance(bound, serializers.BooleanField):
        # `HAYIR` in small letters is `hayır` in Turkish and `hayir` elsewhere.
        word = text.strip().replace("İ", "i").lower()
        return "true" if word in YES else "false" if word in NO else text
    if isinstance(bound, serializers.DateTimeField):
        return canonical_time(text.strip())
    return text if isinstance(bound, serializers.CharField) else text.strip()


def canonical_number(text: str, *, dot_is_decimal: bool) -> str:
    """`1.200,5`, `1,200.5` and `1200,5` alike; refuses `1.200` where it may be 1200 or 1.2."""
    found = ONE_MARK.fullmatch(text)
    if found and not (dot_is_decimal and found["mark"] == "."):
        head, tail = found["head"], found["tail"]
        if len(tail) == 3 and len(head.lstrip("-")) <= 3 and head.lstrip("-")[0] != "0":
            raise ValidationError(
                _("“%(text)s” can be read in two ways: write %(whole)s or %(parts)s.")
                % {"text": text, "whole": head + tail, "parts": f"{head}{found['mark']}{tail}0"}
            )
    if found:
        text = f"{found['head']}.{found['tail']}"
    elif (grouped := GROUPED.fullmatch(text)) and not (grouped["rest"] or "").startswith(
        grouped["mark"]
    ):
        rest = grouped["rest"] or ""
        whole = text[: len(text) - len(rest)]
        text = whole.replace(grouped["mark"], "") + rest.replace(",", ".")
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return plain(number) if number.is_finite() and abs(number.adjusted()) < 30 else text


def canonical_time(text: str) -> str:
    """ISO 8601 with an offset, or `22.11.2026 16:20` as Turkish time, in Turkish time."""
    if found := TURKISH_TIME.fullmatch(text):
        parts = {name: int(value or 0) for name, value in found.groupdict().items()}
        try:
            time = dt.datetime(
                parts["y"], parts["m"], parts["d"], parts["H"], parts["M"], parts["S"],
                tzinfo=ISTANBUL,
            )  # fmt: skip
        except ValueError:
            return text
        return time.isoformat()
    try:
        given = parse_datetime(text)
        return given.astimezone(ISTANBUL).isoformat() if given and given.tzinfo else text
    except (ValueError, OverflowError):
        return text

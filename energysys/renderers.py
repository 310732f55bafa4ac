"""How lists are written; apart from `energysys.api` because DRF's views read it as they load."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from rest_framework import exceptions, renderers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.settings import api_settings

from energysys.sheets import CSV, CSV_TYPE, XLSX, XLSX_TYPE, csv_text, fill_xlsx

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+03:00")


class CsvRenderer(renderers.BaseRenderer):
    """The rows of a list as CSV; a relation is named by its key."""

    media_type, format = CSV_TYPE, CSV

    def render(self, data: Any, media: Any = None, context: Any = None) -> bytes:
        if data is None:
            return b""
        columns, rows = table_of(data)
        return csv_text(columns, (row.values() for row in rows)).encode()


class XlsxRenderer(renderers.BaseRenderer):
    """The rows of a list as the one sheet of a workbook; times are Turkish and true dates."""

    media_type, format = XLSX_TYPE, XLSX
    charset = None
    render_style = "binary"

    def render(self, data: Any, media: Any = None, context: Any = None) -> bytes:
        if data is None:
            return b""
        columns, rows = table_of(data)
        file = io.BytesIO()
        write_xlsx(file, columns, (row.values() for row in rows))
        return file.getvalue()


def table_of(answer: Any) -> tuple[list[str], Sequence[Mapping[str, Any]]]:
    """The columns and rows of a page, a list or one row; a list without rows has columns too."""
    rows = answer.get("results", [answer]) if isinstance(answer, Mapping) else answer
    if not rows and hasattr(rows, "serializer"):
        fields = rows.serializer.child.fields.values()
        return [field.field_name for field in fields if not field.write_only], rows
    return list(rows[0]) if rows else [], rows


def write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> int:
    """`fill_xlsx` with rows as the API answers them: times become true dates."""
    return fill_xlsx(file, columns, (map(cell, row) for row in rows))


def cell(value: Any) -> Any:
    """What a sheet shows: a Turkish time as a date, nested values as text."""
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return dt.datetime.fromisoformat(value[:19])
    if isinstance(value, bool | int | float | str | Decimal | None):
        return value
    return str(value)


class Negotiation(DefaultContentNegotiation):
    """An unknown `format` is a wrong parameter, not a missing resource."""

    def filter_renderers(self, renderers: Any, format: Any) -> Any:
        known = {renderer.format for renderer in renderers}
        if format not in known:
            message = _("The formats are: %(known)s.") % {"known": ", ".join(sorted(known))}
            raise exceptions.ValidationError({api_settings.URL_FORMAT_OVERRIDE: [message]})
        return super().filter_renderers(renderers, format)

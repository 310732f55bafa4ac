"""The table of a screen as a file: the same rows, order, units and words."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from transparency.tables import Line, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet runs a text that begins with one of these as a formula.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file_of(table: Table, name: str, form: str) -> HttpResponseBase:
    """The whole table as an attachment, in `form`: `csv` or `xlsx`."""
    response: HttpResponseBase
    if form == "csv":
        response = HttpResponse(csv_text(table), content_type="text/csv; charset=utf-8")
    else:
        response = FileResponse(xlsx_file(table, name), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def heads(table: Table) -> list[str]:
    key = str(table.key_label)
    if table.key_name == "hour":
        key += f" ({table.offset})"
    return [key, *(f"{column.label} ({column.unit})" for column in table.columns)]


def all_lines(table: Table) -> Iterator[Line]:
    yield from table.lines()
    if table.total:
        yield table.total


def csv_text(table: Table) -> str:
    text = io.StringIO()
    # By this mark spreadsheets know UTF-8.
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(text)
    writer.writerow([harmless(head) for head in heads(table)])
    for line in all_lines(table):
        key = line.key
        if isinstance(key, dt.datetime):
            key = timezone.localtime(key).isoformat()
        writer.writerow([harmless(key), *map(csv_value, line.cells, table.columns)])
    return text.getvalue()


def csv_value(cell: Any, column: Any) -> str:
    if cell.value is not None:
        return f"{cell.value:.{column.places}f}"
    return "" if cell.tone == "none" else str(cell.text)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def xlsx_file(table: Table, name: str) -> IO[bytes]:
    """A workbook in a temporary file, written row by row in constant memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom"})
        formats = {
            places: book.add_format({"num_format": "#,##0." + "0" * places}) for places in (1, 2)
        }
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, len(table.columns), 16)
        for column, head in enumerate(heads(table)):
            sheet.write_string(0, column, head, bold)
        for row, line in enumerate(all_lines(table), start=1):
            write_line(sheet, row, line, table, formats)
        book.set_properties({"title": name, "comments": stated_rows(len(table))})
    file.seek(0)
    return file


def write_line(sheet: Any, row: int, line: Line, table: Table, formats: dict[int, Any]) -> None:
    if isinstance(line.key, dt.datetime):
        sheet.write_datetime(row, 0, timezone.localtime(line.key).replace(tzinfo=None))
    else:
        sheet.write_string(row, 0, line.key)
    for column, (cell, what) in enumerate(zip(line.cells, table.columns, strict=True), start=1):
        if cell.value is not None:
            # The figure that is shown, not what floating point hides behind it.
            sheet.write_number(row, column, round(cell.value, what.places), formats[what.places])
        elif cell.tone != "none":
            sheet.write_string(row, column, cell.text)


def stated_rows(count: int) -> str:
    return _("%(count)s rows") % {"count": count}

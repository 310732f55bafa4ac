"""The table of a screen as a file: the same rows, order, units and words."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from energysys.sheets import XLSX_TYPE, one_sheet, write_csv
from transparency.tables import Line, Table


def file_of(table: Table, name: str, form: str) -> HttpResponseBase:
    """The whole table as an attachment, in `form`: `csv` or `xlsx`."""
    response: HttpResponseBase
    if form == "csv":
        content = write_csv(heads(table), csv_rows(table))
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    else:
        response = FileResponse(xlsx_file(table, name), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def heads(table: Table) -> list[str]:
    keys = [str(table.key_label)]
    if table.has_hours:
        keys.append(_("Hour"))
    if table.has_hours or table.key_name == "hour":
        keys[-1] += f" ({table.offset})"
    return [*keys, *(f"{column.label} ({column.unit})" for column in table.columns)]


def keys_of(table: Table, line: Line) -> list[dt.datetime | str]:
    """What a row is about; a sum is about no hour."""
    return [line.key, line.hour or ""] if table.has_hours else [line.key]


def all_lines(table: Table) -> Iterator[Line]:
    yield from table.lines()
    if table.total:
        yield table.total


def csv_rows(table: Table) -> Iterator[list[str]]:
    for line in all_lines(table):
        keys = [csv_key(key) for key in keys_of(table, line)]
        yield [*keys, *map(csv_value, line.cells, table.columns)]


def csv_key(key: dt.datetime | str) -> str:
    return timezone.localtime(key).isoformat() if isinstance(key, dt.datetime) else key


def csv_value(cell: Any, column: Any) -> str:
    if cell.value is not None:
        return f"{cell.value:.{column.places}f}"
    return "" if cell.tone == "none" else str(cell.text)


def xlsx_file(table: Table, name: str) -> IO[bytes]:
    """A workbook in a temporary file, written row by row in constant memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with one_sheet(file) as (book, sheet):
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom"})
        formats = {
            places: book.add_format({"num_format": "#,##0." + "0" * places}) for places in (1, 2)
        }
        names = heads(table)
        sheet.freeze_panes(1, len(names) - len(table.columns))
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, len(names) - 1, 16)
        for column, head in enumerate(names):
            sheet.write(0, column, head, bold)
        for row, line in enumerate(all_lines(table), start=1):
            write_line(sheet, row, line, table, formats)
        book.set_properties({"title": name, "comments": stated_rows(len(table))})
    file.seek(0)
    return file


def write_line(sheet: Any, row: int, line: Line, table: Table, formats: dict[int, Any]) -> None:
    keys = keys_of(table, line)
    for column, key in enumerate(keys):
        if isinstance(key, dt.datetime):
            sheet.write_datetime(row, column, timezone.localtime(key).replace(tzinfo=None))
        else:
            sheet.write(row, column, key)
    cells = zip(line.cells, table.columns, strict=True)
    for column, (cell, what) in enumerate(cells, start=len(keys)):
        if cell.value is not None:
            # The figure that is shown, not what floating point hides behind it.
            sheet.write_number(row, column, round(cell.value, what.places), formats[what.places])
        elif cell.tone != "none":
            sheet.write(row, column, cell.text)


def stated_rows(count: int) -> str:
    return _("%(count)s rows") % {"count": count}

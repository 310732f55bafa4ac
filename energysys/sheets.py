"""Tables in files: the one place that writes CSV and XLSX.

A text that a spreadsheet program would calculate, or open as a link, is written so that it stays
a text, and what is written here is read again as it was.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

CSV, XLSX = "csv", "xlsx"
CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# More would keep a process busy for minutes; CSV has no end.
SHEET_ROWS = 250_000
# A spreadsheet program takes a text that begins so for a formula, unless it is a negative number.
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")
BOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd hh:mm",
}


class SheetFullError(Exception):
    """The rows do not fit into one sheet."""


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet program would calculate."""
    bare = text.lstrip("'")
    is_formula = bare.startswith(FORMULA_START) and not NEGATIVE.fullmatch(bare)
    return f"'{text}" if is_formula else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and guarded(text) != text else text


def plain(number: Decimal) -> str:
    """The number without exponent and trailing zeros."""
    return f"{number.normalize():f}"


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(guarded, columns))
    writer.writerows(map(csv_cell, row) for row in rows)
    return text.getvalue()


def csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else guarded(str(value))


def write_csv(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """UTF-8 with a mark, by which spreadsheet programs know the encoding."""
    return csv_text(columns, rows).encode("utf-8-sig")


@contextmanager
def one_sheet(file: BinaryIO) -> Iterator[tuple[Any, Any]]:
    """A workbook and its only sheet, whose `write` takes rows in order, in constant memory."""
    with xlsxwriter.Workbook(file, BOOK_OPTIONS) as book:
        sheet = book.add_worksheet()
        run = book.add_format()

        def write_text(sheet: Any, row: int, column: int, text: str, *form: Any) -> Any:
            if text.startswith("<r>") and text.endswith("</r>"):
                # The library would take it for markup of its own.
                return sheet.write_rich_string(row, column, text[0], run, text[1:])
            return sheet.write_string(row, column, text, *form) if text else None

        sheet.add_write_handler(str, write_text)
        yield book, sheet


def fill_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> int:
    """Write a workbook of these rows and return their number.

    `SheetFullError` past the end of a sheet.
    """
    count = 0
    with one_sheet(file) as (_, sheet):
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns)
        for count, row in enumerate(rows, start=1):
            if count >= SHEET_ROWS:
                raise SheetFullError
            sheet.write_row(count, 0, row)
    return count


def write_xlsx(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    content = io.BytesIO()
    fill_xlsx(content, columns, rows)
    return content.getvalue()


WRITERS = {CSV: write_csv, XLSX: write_xlsx}
MEDIA_TYPES = {CSV: CSV_TYPE, XLSX: XLSX_TYPE}

"""Tables in files as people and programs write them, CSV and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.utils.translation import gettext as _

from energysys.clock import ISTANBUL
from energysys.sheets import plain, unguarded

MAX_FILE_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 16 * MAX_FILE_BYTES
MAX_COLUMNS = 40
# Spreadsheets keep formatted rows without a value; such a tail is passed over, but not for ever.
MAX_LINES = 20_000

ZIP_MAGIC = b"PK\x03\x04"
# What .xls files begin with, and workbooks with a password, which are wrapped like one.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A program that does not calculate asks for it so, and leaves any value beside its formulas.
NOT_CALCULATED = re.compile(rb"fullCalcOnLoad=.(1|true)")
# So many cells are named in a refusal.
NAMED_CELLS = 20
DELIMITERS = ",;\t"
XLSX_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Line:
    """One row of a file: its number as a spreadsheet counts, and its cells as text."""

    number: int
    cells: dict[str, str]
    surplus: int = 0


@dataclass(frozen=True)
class Sheet:
    """A table that was read; `dot_is_decimal` where a lone dot cannot group thousands."""

    columns: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    dot_is_decimal: bool = False


class FirstBytesUploadHandler(MemoryFileUploadHandler):
    """Keeps of an uploaded file one byte more than is allowed, in memory, and drops the rest."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data[: max(0, MAX_FILE_BYTES + 1 - self.file.tell())])

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return super().file_complete(self.file.tell())


def read_sheet(content: bytes) -> Sheet:
    """The table in a CSV or XLSX file, told apart by the first bytes; else `ValidationError`.

    CSV may be UTF-8 or UTF-16 with a mark, UTF-8 without, or Windows-1254, and be separated by
    commas, semicolons or tabs. Of a workbook the first visible sheet counts, with the rows and
    columns that are hidden in it, and of a formula the value that it had when it was saved.
    """
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024
        raise ValidationError(_("The file is larger than %(kib)s KiB.") % {"kib": limit})
    if content.startswith(ZIP_MAGIC):
        return as_sheet(read_xlsx(content), dot_is_decimal=False)
    refuse_old_workbook(content)
    text = decode(content)
    delimiter = delimiter_of(text)
    rows = read_csv(text, delimiter)
    return as_sheet(rows, dot_is_decimal=delimiter == ",")


def as_sheet(rows: Iterable[Sequence[str]], *, dot_is_decimal: bool) -> Sheet:
    """Name the cells by the first row that has any; rows without a value are passed over."""
    columns: tuple[str, ...] = ()
    lines: list[Line] = []
    for number, cells in enumerate(rows, start=1):
        if number > MAX_LINES:
            limit = {"lines": MAX_LINES}
            raise ValidationError(_("The file has more than %(lines)s lines.") % limit)
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = header(cells)
            continue
        surplus = sum(1 for cell in cells[len(columns) :] if cell.strip())
        # Spreadsheet programs leave out the empty cells at the end of some rows.
        filled = [*cells, *[""] * (len(columns) - len(cells))]
        lines.append(Line(number, dict(zip(columns, filled, strict=False)), surplus))
    if not columns:
        raise ValidationError(_("The file is empty."))
    return Sheet(columns, lines, dot_is_decimal)


def header(cells: Sequence[str]) -> tuple[str, ...]:
    names = [column_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationError(
            [_("The column “%(name)s” stands there twice.") % {"name": name} for name in twice]
        )
    return tuple(names)


def column_name(cell: str) -> str:
    """`Installed capacity MW` as `installed_capacity_mw`; in Turkish capitals `EİC` as `eic`."""
    bare = cell.strip("\ufeff \t\r\n\xa0").translate(str.maketrans("İı", "ii")).lower()
    return re.sub(r"\s+", "_", bare)


def refuse_old_workbook(content: bytes) -> None:
    if not content.startswith(OLE_MAGIC):
        return
    if ENCRYPTED in content:
        raise ValidationError(_("This workbook has a password. Save it without one."))
    raise ValidationError(_("This is an old workbook (.xls). Save it as .xlsx or as CSV."))


def decode(content: bytes) -> str:
    marked_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked_utf16 else ("utf-8-sig", "windows-1254"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(_("This is neither an XLSX file nor text in a known encoding."))


def delimiter_of(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def read_csv(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield [unguarded(cell) for cell in cells]
    except csv.Error as error:
        where = {"line": reader.line_num}
        raise ValidationError(
            _("Line %(line)s cannot be read: a quotation mark is missing or out of place.") % where
        ) from error


def read_xlsx(content: bytes) -> Iterator[Sequence[str]]:
    # Loading the library takes a quarter of a second, which every start would pay.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise ValidationError(_("The workbook is too large once it is unpacked."))
        workbook = load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheet = next(sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible")
        # What a sheet says of its own size need not be true.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield [cell_text(value) for value in row]
        refuse_unclear_cells(content, sheet._worksheet_path)
    except ValidationError:
        raise
    except Exception as error:
        # The library stumbles over a broken workbook with whatever the broken part leads to.
        raise ValidationError(_("This XLSX file cannot be read.")) from error


def refuse_unclear_cells(content: bytes, name: str) -> None:
    """Refuse what would be read as empty, or as a text, and is meant to be something else."""
    merged, empty, failed = [], [], []
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as source:
        is_stale = NOT_CALCULATED.search(archive.read("xl/workbook.xml"))
        for _event, element in ElementTree.iterparse(source):
            match element.tag.rpartition("}")[2]:
                case "mergeCell":
                    merged.append(element.get("ref", ""))
                case "row":
                    element.clear()
                case "c" if element.get("t") == "e":
                    failed.append(f"{element.get('r')} ({element.findtext('{*}v')})")
                case "c" if element.find("{*}f") is not None:
                    has_value = element.findtext("{*}v") or element.get("t") == "str"
                    if is_stale or not has_value:
                        empty.append(element.get("r", ""))
    told = [
        (_("Merged cells: %(cells)s. Separate them and fill in each."), merged),
        (
            _("Formulas without a value: %(cells)s. Open the file, save it and send it again."),
            empty,
        ),
        (_("Formulas that failed: %(cells)s."), failed),
    ]
    if refusals := [text % {"cells": some(cells)} for text, cells in told if cells]:
        raise ValidationError(refusals)


def some(cells: Sequence[str]) -> str:
    return ", ".join(cells[:NAMED_CELLS]) + (" …" if len(cells) > NAMED_CELLS else "")


def cell_text(value: Any) -> str:
    """A cell as text; a time in a cell has no offset and is taken as Turkish."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        # Fifteen digits are what a spreadsheet program keeps; a fourth decimal says that the
        # dot groups no thousands.
        text = plain(Decimal(f"{value:.15g}"))
        return f"{text}0" if re.fullmatch(r"-?\d+\.\d{3}", text) else text
    if isinstance(value, dt.datetime):
        value = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        return value.replace(tzinfo=ISTANBUL).isoformat()
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time(), ISTANBUL).isoformat()
    return XLSX_ESCAPE.sub(lambda found: chr(int(found[1], 16)), str(value))

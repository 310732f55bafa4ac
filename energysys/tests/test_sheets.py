"""Files as people and programs write them, and files that mean harm."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook

from assets.models import Organization, PowerPlant
from energysys.cells import canonical_number, canonical_time
from energysys.sheet_reading import MAX_FILE_BYTES, MAX_LINES, MAX_UNPACKED_BYTES, read_sheet
from energysys.sheets import write_csv, write_xlsx
from energysys.testing import api_client, make_event


def cells_of(content):
    return [line.cells for line in read_sheet(content).lines]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1254"])
def test_csv_is_read_in_any_usual_form(delimiter, encoding):
    text = delimiter.join(["eic", "name"]) + "\r\n" + delimiter.join(["1", "Iğdır Şırnak"])

    assert cells_of(text.encode(encoding)) == [{"eic": "1", "name": "Iğdır Şırnak"}]


def test_rows_are_numbered_as_a_spreadsheet_counts():
    sheet = read_sheet(b'\na,b\n1,"two\nlines"\n,\n3,4\n')

    assert [line.number for line in sheet.lines] == [3, 5]


def test_a_row_longer_than_the_header_is_marked():
    assert [line.surplus for line in read_sheet(b"a,b\n1,2,\n1,2,3,4\n").lines] == [0, 2]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+905",
        "-x",
        "@a",
        "-5",
        "-5.x",
        "'-5",
        "<r><t>rich</t></r>",
        "<r>&</r>",
        "https://example.com",
        "'quoted",
        "'=x",
        "''+x",
        "line\r\nline",
        " spaced ",
        "1.234",
        "#N/A",
        "_x000D_",
        "\x0b",
        "a\uffff",
        'say "so"; he said, ',
        "true",
        "İıŞğ€",
    ],
)
@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_text_that_is_written_is_read_again(write, text):
    assert cells_of(write(["a", "b"], [["x", text]])) == [{"a": "x", "b": text}]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_numbers_truths_and_nothing_are_written_and_read_again(write):
    content = write(["a", "b", "c", "d"], [[Decimal("142.500"), Decimal("0.25"), False, None]])

    assert cells_of(content) == [{"a": "142.5", "b": "0.25", "c": "false", "d": ""}]


FORMULA = "=cmd|'/C calc'!A0"


def formulas_in(content):
    """What a spreadsheet program would calculate or follow."""
    if not content.startswith(b"PK"):
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        return [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    return re.findall(rb"<f>|<hyperlink", sheet)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("text", [FORMULA, "+1+1", "@SUM(A1)", "https://example.com"])
def test_no_cell_of_a_written_file_is_a_formula(write, text):
    content = write([text], [[text, text]])

    assert formulas_in(content) == []
    assert text.encode() in (content if write is write_csv else unpacked(content))


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("chosen", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/organizations/?format={}",
        "/api/v1/plants/?format={}",
        "/api/v1/events/?format={}",
        "/api/v1/exports/plants/?format={}",
        "/api/v1/exports/events/?format={}",
        "/plants/export.{}",
        "/events/list.{}",
        "/generation/?by=plant&format={}",
    ],
)
def test_no_file_that_anybody_gets_holds_a_formula(world, client, path, chosen):
    PowerPlant.objects.update(name=FORMULA)
    Organization.objects.filter(pk=world.organization.pk).update(name=FORMULA)
    make_event(world.plant, reason=FORMULA)
    reader = client if "api" not in path else api_client(world.people["super_admin"])
    client.force_login(world.people["super_admin"])

    answer = reader.get(path.format(chosen))

    content = answer.getvalue()
    assert answer.status_code == 200
    assert formulas_in(content) == []
    assert b"cmd|" in (content if chosen == "csv" else unpacked(content))


def test_one_module_writes_files():
    """So that no other one forgets what a text may be taken for."""
    sources = [
        source
        for app in ("accounts", "assets", "energysys", "incidents", "simulation", "transparency")
        for source in Path(app).rglob("*.py")
        if "tests" not in source.parts
    ]
    writers = re.compile(r"csv\.(writer|DictWriter)|import xlsxwriter|openpyxl import Workbook")

    found = [str(source) for source in sources if writers.search(source.read_text("utf-8"))]

    assert found == ["energysys/sheets.py"]


def test_a_time_in_a_cell_is_turkish():
    at = dt.datetime(2026, 11, 22, 16, 20, tzinfo=dt.UTC).replace(tzinfo=None)
    content = workbook(["at"], [at], [at.date()])

    assert cells_of(content) == [
        {"at": "2026-11-22T16:20:00+03:00"},
        {"at": "2026-11-22T00:00:00+03:00"},
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.200,5", "1200.5"),
        ("1,200.5", "1200.5"),
        ("1.200.000", "1200000"),
        ("1,200,000.25", "1200000.25"),
        ("1200", "1200"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("1.2340", "1.234"),
        ("142.500", None),
        ("1,200", None),
        ("1.200,5,6", "1.200,5,6"),
        ("12 MW", "12 MW"),
        ("NaN", "NaN"),
        ("1e400", "1e400"),
        ("", ""),
    ],
)
def test_a_number_is_read_in_either_way_of_writing_unless_it_has_two_meanings(written, read):
    if read is None:
        with pytest.raises(ValidationError):
            canonical_number(written, dot_is_decimal=False)
    else:
        assert canonical_number(written, dot_is_decimal=False) == read


def test_a_lone_dot_is_decimal_where_commas_separate_cells():
    assert canonical_number("142.500", dot_is_decimal=True) == "142.5"
    with pytest.raises(ValidationError, match="1200"):
        canonical_number("1,200", dot_is_decimal=True)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-22T13:20:00Z", "2026-11-22T16:20:00+03:00"),
        ("2026-11-22 16:20+03:00", "2026-11-22T16:20:00+03:00"),
        ("22.11.2026 16:20", "2026-11-22T16:20:00+03:00"),
        ("1.2.2026 6:05:07", "2026-02-01T06:05:07+03:00"),
        ("2026-11-22T16:20", "2026-11-22T16:20"),
        ("31.02.2026 16:20", "31.02.2026 16:20"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_time_needs_an_offset_or_the_turkish_form(written, read):
    assert canonical_time(written) == read


def zip_of(**entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    return content.getvalue()


def with_entity(content):
    """The workbook with a sheet that declares an entity."""
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if "sheet1" in name:
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data
            archive.writestr(name, data)
    return out.getvalue()


BROKEN = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "too large": b"a\n" * MAX_FILE_BYTES,
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
    "half of UTF-16": b"\xff\xfea\0b",
    "an open quotation mark": b'a,b\n1,"2\n',
    "a column twice": b"a,A\n1,2\n",
    "a cell without end": b"a\n" + b"x" * 200_000,
    "too many lines": b"a\n" * (MAX_LINES + 1),
    "a zip of something else": zip_of(letter="dear"),
    "a zip bomb": zip_of(xl__worksheets__sheet1=b" " * (MAX_UNPACKED_BYTES + 1)),
    "a torn workbook": workbook(["a"], ["b"])[:-200],
    "an entity": with_entity(workbook(["a"], ["b"])),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content):
    with pytest.raises(ValidationError) as refusal:
        read_sheet(content)

    assert all(refusal.value.messages)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    """The sizes in the directory say 10 bytes; no more than those are read."""
    content = workbook(["a"], ["b"])
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            archive.writestr(name, b" " * 50_000_000 if "sheet1" in name else data)
    lying = out.getvalue().replace((50_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != out.getvalue()

    with pytest.raises(ValidationError):
        read_sheet(lying)


def test_a_sheet_that_claims_to_be_huge_costs_nothing():
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(workbook(["a"], ["b"])))
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            archive.writestr(name, data.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))

    assert cells_of(out.getvalue()) == [{"a": "b"}]

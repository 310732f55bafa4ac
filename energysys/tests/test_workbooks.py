"""Files as people really have them: each is read right or refused in words, wherever it is sent."""

import datetime as dt
import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation
from openpyxl import Workbook

from assets.imports import PLANTS
from assets.models import PowerPlant
from energysys.sheet_reading import MAX_UNPACKED_BYTES, OLE_MAGIC, read_sheet
from energysys.sheets import XLSX_TYPE, write_csv, write_xlsx
from energysys.testing import api_client, plant_eic
from energysys.tests.files import START, csv_of, errors_of, event_row, plant_row, run
from energysys.tests.test_bulk_pages import upload
from incidents.imports import EVENTS
from incidents.models import PlantEvent

HEAD = ["a", "b"]


def book(*rows, change=None):
    """A workbook as openpyxl writes it, after `change` has had it."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def formula(value=None):
    """A workbook whose B2 is a formula with the value that it had when it was saved."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write(1, 0, "x")
        sheet.write_formula(1, 1, "=1+1", None, 0 if value is None else value)
    if value is None:
        return content.getvalue()
    return edited(content.getvalue(), "xl/workbook.xml", b' fullCalcOnLoad="1"', b"")


def chart_first():
    """A workbook that opens with a sheet that is a chart."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=rows!$B$2:$B$2"})
        made.add_chartsheet("chart").set_chart(chart)
        sheet = made.add_worksheet("rows")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["x", "2"])
    return content.getvalue()


def edited(content, name, old, new):
    """The workbook with a part of it changed."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        assert old in source.read(name)
        for each in source.namelist():
            part = source.read(each)
            target.writestr(each, part.replace(old, new) if each == name else part)
    return out.getvalue()


def cells_of(content):
    return [line.cells for line in read_sheet(content).lines]


def hide_parts(made):
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["B"].hidden = True


def hide_first_sheet(made):
    made.create_sheet("notes", 0).append(["not", "this"])
    made.worksheets[0].sheet_state = "hidden"


def add_sheets(made):
    made.create_sheet("other").append(["not", "this"])


def format_far_cells(made):
    for row in (5, 400):
        made.active.cell(row, 30).number_format = "0.00"


READ = {
    "hidden row and column": book(HEAD, ["x", "2"], change=hide_parts),
    "hidden first sheet": book(HEAD, ["x", "2"], change=hide_first_sheet),
    "several sheets": book(HEAD, ["x", "2"], change=add_sheets),
    "a chart first": chart_first(),
    "a formula with its value": formula(2),
    "a formula that gives a text": formula("2"),
    "a number": book(HEAD, ["x", 2]),
    "a whole number of a program": book(HEAD, ["x", 2.0]),
    "formatted cells far away": book(HEAD, ["x", "2"], change=format_far_cells),
    "empty rows and columns": book([*HEAD, None, None], [None], ["x", "2", None], [" ", ""]),
    "another case and spaces": book([" A ", "B\n"], ["x", "2"]),
    "a mark in the first cell": book(["\ufeffa", "b"], ["x", "2"]),
    "Turkish Excel": "a;b\r\nx;2\r\n;\r\n".encode("windows-1254"),
    "a short row": b"a,b\nx,2\n",
    "two marks": "\ufeff\ufeffa,b\nx,2".encode(),
}


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_it_is_read(content):
    assert cells_of(content) == [{"a": "x", "b": "2"}]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Installed capacity  MW", "installed_capacity_mw"),
        ("EİC", "eic"),
        ("ıs_res", "is_res"),
        ("FUEL_TYPE\xa0", "fuel_type"),
    ],
)
def test_a_column_is_known_however_it_is_written(head, name):
    assert read_sheet(write_xlsx([head, "z"], [["1", "2"]])).columns == (name, "z")


def test_cells_that_a_program_left_out_at_the_end_of_a_row_are_empty():
    assert cells_of(b"a,b,c\nx\n") == [{"a": "x", "b": "", "c": ""}]


def merge_two(made):
    made.active.merge_cells("A2:A3")


REFUSED = {
    "merged cells": (book(HEAD, ["x", "2"], [None, "3"], change=merge_two), "A2:A3"),
    "a formula without a value": (book(HEAD, ["x", "=1+1"]), "B2"),
    "a formula that nobody calculated": (formula(), "B2"),
    "a formula that failed": (formula("#REF!"), "B2 (#REF!)"),
    "a password": (OLE_MAGIC + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "parola"),
    "an old workbook": (OLE_MAGIC + bytes(600), ".xls"),
    "half a workbook": (book(HEAD, ["x", "2"])[:-300], "XLSX"),
    "no workbook": (b"PK\x03\x04" + bytes(100), "XLSX"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "XLSX"),
    "a bomb": (
        edited(
            book(HEAD, ["x", "2"]), "xl/styles.xml", b"<fonts", b" " * MAX_UNPACKED_BYTES + b"<"
        ),
        "büyük",
    ),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_words_everywhere(world, client, tmp_path, content, told):
    """By the reader, a page, the API and the command, in the language of each."""
    path = "/api/v1/imports/events/"
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "tr"
    file = tmp_path / "events.csv"
    file.write_bytes(content)

    with translation.override("tr"), pytest.raises(ValidationError) as refusal:
        read_sheet(content)
    page = upload(client, content, "events.csv")
    answers = {
        language: api_client(world.people["admin"], accept_language=language).post(
            path, content, content_type=XLSX_TYPE
        )
        for language in ("tr", "en")
    }
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("bulk_import", "events", str(file), by="nova")

    assert told in " ".join(refusal.value.messages)
    assert page.status_code == 422
    assert told in str(page.context["form"].errors["file"].as_text())
    assert {answer.status_code for answer in answers.values()} == {400}
    turkish, english = (answers[one].json()["errors"][0]["detail"] for one in ("tr", "en"))
    assert told in turkish
    assert turkish != english
    assert not PlantEvent.objects.exists()


def test_a_wrong_name_does_not_matter(world, client):
    client.force_login(world.people["admin"])
    row = event_row(world.plant)

    as_xlsx = upload(client, csv_of(row), "events.xlsx")
    as_csv = upload(client, write_xlsx(list(row), [list(row.values())]), "events.csv")

    for page in (as_xlsx, as_csv):
        assert page.status_code == 200
        assert page.context["report"].counts["create"] == 1


def test_what_a_turkish_spreadsheet_makes_of_plants_is_read(world):
    row = plant_row(world, 7, name="Iğdır Şırnak RES", installed_capacity_mw="1.234,5")
    text = ";".join(name.upper() for name in row) + "\r\n" + ";".join(row.values()) + "\r\n"

    report = run(PLANTS, text.encode("windows-1254"), world.people["super_admin"])

    assert report.applied, errors_of(report)
    made = PowerPlant.objects.get(eic=plant_eic(7))
    assert (made.name, str(made.installed_capacity_mw)) == ("Iğdır Şırnak RES", "1234.500")


def test_dates_and_numbers_are_read_as_cells_and_as_text(world):
    at = dt.datetime.fromisoformat(START).replace(tzinfo=None)
    columns = ["plant", "event_type", "reason", "affected_mw", "start", "end"]
    rows = [
        [world.plant.eic, "failure", "cells", 12.5, at, at + dt.timedelta(hours=2)],
        [f" {world.plant.eic}\xa0", " failure ", "text", "12,5", f"{at:%d.%m.%Y %H:%M}", None],
    ]

    for content in (book(columns, *rows), write_xlsx(columns, rows)):
        report = run(EVENTS, content, world.people["admin"], dry_run=True)

        assert report.counts["create"] == 2, errors_of(report)
        told = [{one.column: one.after for one in row.changes} for row in report.rows]
        assert [one["affected_mw"] for one in told] == ["12.5", "12.5"]
        assert [one["start"] for one in told] == [START, START]
        assert told[0]["end"] == "2026-11-22T18:00:00+03:00"


def test_a_written_file_has_none_of_what_is_refused():
    for write in (write_csv, write_xlsx):
        assert cells_of(write(HEAD, [["=1+1", "#REF!"]])) == [{"a": "=1+1", "b": "#REF!"}]

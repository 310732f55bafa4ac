"""One filter drives chart, table, exports and link; what it says stands in the address."""

import csv
import datetime as dt
import html
import io
import json
import re
import zipfile
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight, utc_date
from energysys.testing import make_plant
from simulation import engine
from transparency import filters
from transparency.tests.test_pages import publish

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def day_of(shift):
    return (turkish_date(timezone.now()) + shift * DAY).isoformat()


YESTERDAY = {"start": day_of(-1), "end": day_of(-1)}


@pytest.fixture
def market(world):
    """Nova runs three plants of three fuels; two days are simulated."""
    make_plant(world.organization, 3, name="=Wind", fuel_type="wind", is_res=True)
    make_plant(world.organization, 4, name="Lake", fuel_type="hydro_dam", is_res=True)
    for age in (2, 1, 0):
        engine.simulate_day(utc_date(timezone.now()) - age * DAY)
    return world


@pytest.fixture
def analyst(client, market):
    client.force_login(market.people["analyst"])
    client.cookies["django_language"] = "en"
    return client


def get(client, page, **query):
    return client.get(reverse(f"transparency:{page}"), query)


def screen_rows(response):
    """The rows of the table as they are seen, tags taken off; a running hour is tagged."""
    (table,) = re.findall(
        r'aria-labelledby="rows-title">\s*(<table.*?</table>)', page_of(response), re.S
    )
    (body,) = re.findall(r"<tbody>(.*)</table>", table, re.S)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    clean = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]
    return [[cell.removesuffix(" now") for cell in row] for row in clean]


def page_of(response):
    return html.unescape(response.content.decode())


def csv_rows(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def xlsx_rows(response):
    """The cells of a workbook as text or number, read without the library that wrote it."""
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        # A cell without a value is left out of the file.
        cells = {}
        for cell in row:
            is_text = cell.get("t") == "inlineStr"
            text = "".join(cell.itertext()) if is_text else cell.findtext(f"{SHEET}v")
            cells[ord(cell.attrib["r"][0]) - ord("A")] = text
        rows.append([cells.get(n, "") for n in range(max(cells) + 1)])
    return rows


def as_seen(text):
    """A figure of the screen as a number; words as they are."""
    plain = text.replace(",", "").replace("\N{MINUS SIGN}", "-").removeprefix("+")
    try:
        return float(plain)
    except ValueError:
        return "" if text == "\N{EN DASH}" else text


QUERIES = [
    ("prices", {}),
    ("prices", {"start": day_of(-1), "end": day_of(1), "compare": "day", "sort": "-ptf"}),
    ("consumption", {"sort": "error_share"}),
    ("generation", {"sort": "-actual"}),
    ("generation", {"by": "fuel", **YESTERDAY, "sort": "deviation"}),
    ("generation", {"by": "plant", **YESTERDAY}),
    ("generation", {"by": "plant_hour"}),
    ("generation", {"by": "plant_hour", **YESTERDAY, "fuel_type": "wind"}),
]


@pytest.mark.parametrize(("page", "query"), QUERIES)
def test_the_files_hold_what_the_screen_shows_row_for_row(analyst, page, query):
    seen = screen_rows(get(analyst, page, **query))
    told = csv_rows(get(analyst, page, **query, format="csv"))[1:]
    sheet = xlsx_rows(get(analyst, page, **query, format="xlsx"))[1:]

    assert len(seen) == len(told) == len(sheet) > 0
    for on_screen, in_csv, in_xlsx in zip(seen, told, sheet, strict=True):
        # Plant and hour are both keys; the sum has one cell for them.
        keys = len(in_csv) - 5 if query.get("by") == "plant_hour" else 1
        figures = [as_seen(cell) for cell in on_screen[-(len(in_csv) - keys) :]]
        assert [as_seen(cell) for cell in in_csv[keys:]] == figures
        in_xlsx += [""] * (len(in_csv) - len(in_xlsx))
        assert [as_seen(cell or "") for cell in in_xlsx[keys:]] == pytest.approx(figures)


@pytest.mark.parametrize("by", ["", "fuel", "plant", "plant_hour"])
def test_each_figure_of_a_wide_table_names_its_column_for_a_phone(analyst, by):
    page = page_of(get(analyst, "generation", by=by, **YESTERDAY))
    rows = page.split('id="rows-title"')[1]

    figures = rows.split("<tbody>")[1].count('<td class="number')

    assert '<table class="list by-row' in rows
    assert rows.count('data-label="') == figures > 0
    assert 'data-label="Deviation from plan, %"' in rows
    assert "by-row" not in page_of(get(analyst, "prices", **YESTERDAY))


def test_a_row_of_a_plant_and_hour_names_both(analyst, market):
    query = {"by": "plant_hour", **YESTERDAY}
    page = get(analyst, "generation", **query)
    told = csv_rows(get(analyst, "generation", **query, format="csv"))

    rows = screen_rows(page)
    plants = ["=Wind", "Lake", market.plant.name]
    assert len(rows) == 3 * 24 + 1
    assert [row[0] for row in rows[:-1]] == [name for name in plants for _ in range(24)]
    day = turkish_midnight(turkish_date(timezone.now()) - DAY)
    hours = [(day + n * HOUR).isoformat() for n in range(24)]
    assert told[0][:2] == ["Plant", "Hour (+03:00)"]
    assert [dt.datetime.fromisoformat(row[1]).isoformat() for row in told[1:25]] == hours
    # The rows of a plant add up to its row in the table by plant.
    by_plant = csv_rows(get(analyst, "generation", by="plant", **YESTERDAY, format="csv"))
    wind = [float(row[3]) for row in told if row[0] == "'=Wind"]
    assert sum(wind) == pytest.approx(float(by_plant[1][2]), abs=0.05 * 24)


def test_pages_of_plants_and_hours_follow_each_other(analyst):
    query = {"by": "plant_hour", "start": day_of(-2), "end": day_of(0)}
    whole = csv_rows(get(analyst, "generation", **query, format="csv"))[1:-1]

    address = reverse("transparency:generation", query=query)
    pages = [screen_rows(analyst.get(f"{address}&page={n}"))[:-1] for n in (1, 2)]

    assert [len(rows) for rows in pages] == [200, 16]
    shown = [f"{float(row[4]):+z,.1f}" if row[4] else "\N{EN DASH}" for row in whole]
    assert [row[4] for rows in pages for row in rows] == [
        text.replace("+0.0", "0.0").replace("-", "\N{MINUS SIGN}") for text in shown
    ]


def test_too_many_rows_are_refused_with_their_number(analyst, monkeypatch):
    monkeypatch.setattr(filters, "MAX_ROWS", 143)
    query = {"by": "plant_hour", "start": day_of(-1), "end": day_of(0)}

    refused = get(analyst, "generation", **query, format="csv")

    assert "144 rows, at most 143 can be shown" in page_of(refused)
    assert get(analyst, "generation", **query, fuel_type="wind").context["form"].is_valid()


def test_an_hour_in_a_file_is_the_hour_of_the_row(analyst):
    seen = screen_rows(get(analyst, "prices", **YESTERDAY))
    told = csv_rows(get(analyst, "prices", **YESTERDAY, format="csv"))[1:]

    hours = [dt.datetime.fromisoformat(row[0]) for row in told]
    assert hours[0] == turkish_midnight(turkish_date(timezone.now())) - DAY
    assert [f"{hour:%-d %b %H:%M}" for hour in hours] == [row[0] for row in seen]


def test_the_page_states_how_many_rows_the_files_hold(analyst):
    page = page_of(get(analyst, "prices", start=day_of(-1), end=day_of(1)))

    assert "CSV and XLSX hold these 72 rows, in this order" in page


def test_no_name_becomes_a_formula(analyst):
    query = {"by": "plant", **YESTERDAY}
    told = csv_rows(get(analyst, "generation", **query, format="csv"))
    sheet = xlsx_rows(get(analyst, "generation", **query, format="xlsx"))

    assert "'=Wind" in [row[0] for row in told]
    assert "=Wind" in [row[0] for row in sheet]
    # A negative figure is one all the same.
    assert not any(cell.startswith("'") for row in told for cell in row[1:])


@pytest.mark.parametrize(("page", "query"), QUERIES)
def test_the_link_reopens_the_identical_view(analyst, page, query):
    first = get(analyst, page, **query)
    (link,) = re.findall(r'href="(\?[^"]*)" data-copy', first.content.decode())

    again = analyst.get(reverse(f"transparency:{page}") + html.unescape(link))

    assert screen_rows(again) == screen_rows(first)
    assert again.context["form"].cleaned_data == first.context["form"].cleaned_data
    # Also tomorrow: the days are named.
    assert {"start", "end"} <= set(parse_qs(html.unescape(link).removeprefix("?")))


def test_yesterdays_deviation_by_fuel_adds_up(analyst):
    response = get(analyst, "generation", by="fuel", **YESTERDAY)

    table = response.context["table"]
    values = table.values
    assert sorted(table.css) == ["hydro_dam", "lignite", "wind"]
    assert values["deviation"] == pytest.approx(
        [a - p for a, p in zip(values["actual"], values["planned"], strict=True)]
    )
    assert table.total.cells[1].value == pytest.approx(sum(values["actual"]))


def test_chart_and_table_show_the_same_hours(analyst):
    response = get(analyst, "generation", fuel_type="wind", **YESTERDAY)

    (text, *_more) = re.findall(r'data-chart="([^"]*)"', response.content.decode())
    told = json.loads(html.unescape(text))
    (actual,) = (line for line in told["series"] if line["css"] == "actual")
    assert actual["values"] == pytest.approx(response.context["table"].values["actual"], abs=1e-3)
    assert len(actual["values"]) == 24


def test_a_chip_takes_away_what_it_says(analyst, market):
    response = get(analyst, "generation", plant=market.plant.eic, fuel_type="lignite")
    chips = {chip.label: chip.query for chip in response.context["form"].chips()}

    assert set(chips) == {str(market.plant), "Lignite"}
    assert "plant" not in chips[str(market.plant)]
    assert "fuel_type=lignite" in chips[str(market.plant)]


@pytest.mark.parametrize("text", ["Lake", "lake", "LAK", "40W"])
def test_a_plant_is_added_by_name_or_part_of_it(analyst, market, text):
    lake = market.organization.plants.get(name="Lake")

    response = get(analyst, "generation", add=lake.eic if text == "40W" else text)

    assert [plant.name for plant in response.context["form"].cleaned_data["plant"]] == ["Lake"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"add": "nothing like it"}, "add"),
        ({"add": "a"}, "add"),
        ({"plant": "40W0000000000000"}, "plant"),
        ({"fuel_type": "uranium"}, "fuel_type"),
        ({"compare": "year"}, "compare"),
        ({"sort": "salary"}, "sort"),
        ({"by": "owner"}, "by"),
        ({"format": "pdf"}, "format"),
        ({"versus": "Lake", "compare": "day"}, "versus"),
        ({"organization": "nobody"}, "organization"),
    ],
)
def test_a_bad_filter_gets_its_error_and_no_row(analyst, query, field):
    response = get(analyst, "generation", **query)

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert len(response.context["table"]) == 0


def test_names_and_plants_of_others_are_no_choice(client, market):
    client.force_login(market.people["admin"])
    foreign = market.other_plant

    for query in ({"plant": foreign.eic}, {"add": foreign.name}, {"versus": foreign.eic}):
        assert get(client, "generation", **query).context["form"].errors
    organization = {"organization": market.other_organization.eic}
    assert get(client, "generation", **organization).context["form"].errors
    assert (
        foreign.name
        not in client.get(reverse("transparency:plant_names"), {"add": "P"}).content.decode()
    )


def test_comparing_shows_the_value_of_the_day_before(analyst):
    response = get(analyst, "prices", compare="day", start=day_of(0), end=day_of(0))
    earlier = get(analyst, "prices", **YESTERDAY)

    values = response.context["table"].values
    assert values["before"] == earlier.context["table"].values["ptf"]
    assert values["change"][5] == pytest.approx(values["ptf"][5] - values["before"][5])


def test_another_plant_stands_beside(analyst, market):
    response = get(analyst, "generation", plant=market.plant.eic, versus="Lake", **YESTERDAY)
    lake = market.organization.plants.get(name="Lake")

    alone = get(analyst, "generation", plant=lake.eic, **YESTERDAY)

    assert response.context["table"].values["before"] == alone.context["table"].values["actual"]


def test_heads_say_how_the_table_is_sorted(analyst):
    response = get(analyst, "prices", sort="-ptf", **YESTERDAY)

    values = [row[1] for row in screen_rows(response)]
    assert [as_seen(v) for v in values] == sorted(map(as_seen, values), reverse=True)
    assert page_of(response).count('aria-sort="descending"') == 1


def test_htmx_gets_the_screen_alone_and_a_clean_address(analyst):
    address = reverse("transparency:prices")
    query = {**YESTERDAY, "compare": "", "sort": ""}

    partial = analyst.get(address, query, headers={"HX-Request": "true"})
    restored = analyst.get(
        address, query, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )

    assert b"<html" not in partial.content
    assert parse_qs(urlsplit(partial["HX-Push-Url"]).query) == {
        name: [value] for name, value in YESTERDAY.items()
    }
    assert b"<html" in restored.content


def test_each_panel_says_until_when_since_when_and_how_many_are_missing(client, world):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    midnight = turkish_midnight(turkish_date(timezone.now())) - 2 * DAY
    # SMF follows four hours later: in the night not all of yesterday is due.
    days = {"start": day_of(-2), "end": day_of(-2)}
    for hour in (0, 1, 3):
        publish(midnight + dt.timedelta(hours=hour), ptf=100, smf=100)

    page = page_of(get(client, "prices", **days))

    freshness = {f.label: f for f in get(client, "prices", **days).context["screen"].freshness}
    assert freshness["SMF"].until == midnight + dt.timedelta(hours=4)
    assert freshness["SMF"].published_at == midnight + dt.timedelta(hours=8)
    assert (freshness["SMF"].gaps, freshness["SMF"].is_late) == (21, True)
    assert freshness["SMF"].expected == midnight + dt.timedelta(hours=9)
    assert "21 gaps" in page
    assert "SMF is late: the next hour was due at" in page


def test_what_is_no_longer_kept_is_no_gap(client, world):
    client.force_login(world.people["analyst"])
    engine.simulate_day(utc_date(timezone.now()) - DAY)

    response = get(client, "prices", start=day_of(-20), end=day_of(-1))

    screen = response.context["screen"]
    assert screen.first_is_later
    assert all(freshness.gaps < 200 for freshness in screen.freshness)


def test_the_cap_is_that_of_the_dated_rule(client, world):
    client.force_login(world.people["analyst"])
    publish(turkish_midnight(dt.date(2025, 4, 4)), ptf=3000, smf=0)
    publish(turkish_midnight(dt.date(2025, 4, 5)), ptf=3000, smf=0)

    response = get(client, "prices", start="2025-04-04", end="2025-04-05")

    screen = response.context["screen"]
    assert [cap.try_per_mwh for cap in screen.caps] == [3000, 3400]
    assert screen.figures["capped"] == 1

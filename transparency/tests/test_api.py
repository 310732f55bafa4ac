"""The hourly series to machines: shapes, formats, conditional reads."""

import io
import zipfile

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from energysys.clock import DAY, turkish_date, turkish_midnight, utc_date
from energysys.testing import api_client, make_event, make_plant
from simulation import engine

SERIES = ["prices", "consumption", "generation"]


@pytest.fixture
def market(world):
    for age in (2, 1, 0):
        engine.simulate_day(utc_date(timezone.now()) - age * DAY)
    return world


def yesterday():
    end = turkish_midnight(turkish_date(timezone.now()))
    return {"start": (end - DAY).isoformat(), "end": end.isoformat()}


def rows_of(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.mark.parametrize("name", SERIES)
def test_arrays_hold_the_same_values_as_rows(market, name):
    make_plant(market.organization, 9)
    client = api_client(market.people["super_admin"])
    url = f"/api/v1/{name}/"

    rows = rows_of(client.get(url, yesterday()))
    arrays = rows_of(client.get(url, yesterday() | {"shape": "arrays"}))

    unfolded = [
        {key: value[hour] if type(value) is list else value for key, value in one.items()}
        for one in arrays
        for hour in range(len(one["timestamp"]))
    ]
    assert len(rows) == (24 * 3 if name == "generation" else 24)
    assert unfolded == rows


@pytest.mark.parametrize("shape", ["rows", "arrays"])
@pytest.mark.parametrize("name", SERIES)
def test_an_empty_span_is_an_empty_list(world, name, shape):
    span = {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z", "shape": shape}

    assert rows_of(api_client(world.people["admin"]).get(f"/api/v1/{name}/", span)) == []


def test_hours_are_named_in_turkish_time_before_2016_too(world, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transparency_import_hours_v1(%s, %s, %s, %s, %s)",
            [["2015-01-10T00:00:00+00:00"], [1.0], [1.0], [1], [1]],
        )
    span = {"start": "2015-01-09T00:00:00Z", "end": "2015-01-11T00:00:00Z"}

    rows = rows_of(api_client(world.people["admin"]).get("/api/v1/prices/", span))

    assert [row["timestamp"] for row in rows] == ["2015-01-10T03:00:00+03:00"]


@pytest.mark.parametrize("name", SERIES)
def test_a_workbook_has_the_rows_of_the_csv(market, name):
    client = api_client(market.people["admin"])
    url = f"/api/v1/{name}/"

    book = client.get(url, yesterday() | {"format": "xlsx"})
    lines = client.get(url, yesterday(), headers={"accept": "text/csv"}).getvalue().splitlines()

    assert book["Content-Type"].endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(book.getvalue())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(lines) == 25


def test_what_does_not_fit_into_a_sheet_is_refused(market, monkeypatch):
    monkeypatch.setattr("energysys.sheets.SHEET_ROWS", 10)

    answer = api_client(market.people["admin"]).get(
        "/api/v1/prices/", yesterday() | {"format": "xlsx"}
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/format"


@pytest.mark.parametrize("shape", ["rows", "arrays"])
def test_a_long_answer_is_streamed_and_the_same(market, monkeypatch, shape):
    client = api_client(market.people["admin"])
    url = "/api/v1/generation/"
    whole = client.get(url, yesterday() | {"shape": shape})
    monkeypatch.setattr("transparency.api.WHOLE_ROWS", 0)
    cache.clear()

    streamed = client.get(url, yesterday() | {"shape": shape})

    assert streamed.streaming
    assert not whole.streaming
    assert streamed.getvalue() == whole.content


@pytest.mark.parametrize("name", SERIES)
def test_what_the_client_has_is_not_sent_again_nor_read(
    market, name, django_assert_max_num_queries
):
    client = api_client(market.people["admin"])
    url = f"/api/v1/{name}/"
    first = client.get(url, yesterday())

    with django_assert_max_num_queries(4) as queries:
        again = client.get(url, yesterday(), headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    # A client that keeps answers would put it in the place of the kept one's.
    assert "Content-Type" not in again
    assert first["Cache-Control"] == "private, no-cache"
    assert not [each for each in queries if "published_" in each["sql"]]


@pytest.mark.parametrize("shape", ["rows", "arrays"])
def test_the_same_question_again_leaves_the_hours_alone(
    market, django_assert_max_num_queries, shape
):
    client = api_client(market.people["admin"])
    wanted = yesterday() | {"shape": shape}
    first = client.get("/api/v1/generation/", wanted)

    with django_assert_max_num_queries(3) as queries:
        second = client.get("/api/v1/generation/", wanted)

    assert not any("hourly" in query["sql"] for query in queries.captured_queries)
    assert second.content == first.content
    assert second["ETag"] == first["ETag"]


def test_what_is_remembered_ends_with_a_write_and_is_nobody_elses(market):
    wanted = yesterday() | {"plant": market.plant.eic}
    admin = api_client(market.people["admin"])
    before = rows_of(admin.get("/api/v1/generation/", wanted))

    make_event(market.plant, starts_at=turkish_midnight(turkish_date(timezone.now())) - DAY)

    assert rows_of(admin.get("/api/v1/generation/", wanted)) != before
    stranger = api_client(market.people["outsider"]).get("/api/v1/generation/", wanted)
    assert stranger.status_code == 400


def test_a_write_ends_a_304(market):
    client = api_client(market.people["admin"])
    url = "/api/v1/generation/"
    tag = client.get(url, yesterday())["ETag"]

    make_event(market.plant, starts_at=timezone.now() - DAY, affected_mw=50)

    answer = client.get(url, yesterday(), headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag


def test_address_format_and_person_have_their_own_etags(market):
    url = "/api/v1/generation/"

    def tag(role, **query):
        return api_client(market.people[role]).get(url, yesterday() | query)["ETag"]

    tags = {
        tag("admin"),
        tag("outsider"),
        tag("super_admin"),
        tag("admin", shape="arrays"),
        tag("admin", format="csv"),
    }
    assert len(tags) == 5


@pytest.mark.parametrize("query", [{"shape": "tree"}, {"plant": "x"}, {"organization": "x"}])
def test_bad_parameters_are_named(market, query):
    answer = api_client(market.people["admin"]).get("/api/v1/generation/", query)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{next(iter(query))}"]


def test_an_organization_without_plants_has_no_rows(market):
    market.other_plant.delete()
    query = {"organization": market.other_organization.eic}

    assert rows_of(api_client(market.people["outsider"]).get("/api/v1/generation/", query)) == []

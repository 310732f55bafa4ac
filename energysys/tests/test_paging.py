"""Pages of a list: whole, in order, and steady while others write."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from accounts.keys import make_key
from energysys.clock import DAY
from energysys.paging import PAGE_ROWS
from energysys.testing import api_client, make_event, make_plant, organization_eic


@pytest.fixture
def crowd(world):
    """Two and a half pages of events, half of which start at the same instant."""
    at = timezone.now() - dt.timedelta(days=9)
    for number in range(250):
        make_event(
            world.plant,
            affected_mw="0.01",
            starts_at=at + dt.timedelta(minutes=number if number % 2 else 0),
        )
    return world


def walk(client, url, direction="next"):
    pages = []
    while url:
        page = client.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        url = page[direction]
    return pages


def test_pages_are_whole_and_lead_back(crowd):
    client = api_client(crowd.people["admin"])
    pages = walk(client, "/api/v1/events/")

    assert [len(page) for page in pages] == [PAGE_ROWS, PAGE_ROWS, 50]
    ids = [each for page in pages for each in page]
    assert len(set(ids)) == 250
    last = client.get(client.get("/api/v1/events/").json()["next"]).json()["next"]
    assert walk(client, last, "previous") == pages[::-1]


def test_rows_written_meanwhile_neither_repeat_nor_hide_others(crowd):
    client = api_client(crowd.people["admin"])
    first = client.get("/api/v1/events/").json()

    make_event(crowd.plant, affected_mw="0.01", starts_at=timezone.now())
    rest = walk(client, first["next"])

    seen = [row["id"] for row in first["results"]] + [each for page in rest for each in page]
    assert len(seen) == len(set(seen)) == 250


def test_a_cursor_keeps_the_filter(crowd):
    client = api_client(crowd.people["admin"])

    address = client.get("/api/v1/events/?event_type=failure").json()["next"]

    assert "event_type=failure" in address
    assert len(client.get(address).json()["results"]) == PAGE_ROWS


@pytest.mark.parametrize(
    "cursor", ["", "x", "e30", "WyJuIl0", "WyJuIiwgIngiLCAieSJd", "é", "A" * 5000, "bnVsbA"]
)
def test_a_foreign_cursor_is_refused(world, cursor):
    answer = api_client(world.people["admin"]).get("/api/v1/events/", {"cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/cursor"


def test_a_csv_page_says_where_the_next_one_is(crowd):
    client = api_client(crowd.people["admin"])

    page = client.get("/api/v1/events/?format=csv")

    assert len(list(csv.DictReader(io.StringIO(page.content.decode())))) == PAGE_ROWS
    address = page["Link"].split(">")[0].removeprefix("<")
    assert client.get(address).status_code == 200


def test_plants_of_one_name_are_all_there(world):
    for number in range(100, 320):
        make_plant(world.organization, number, name="Twin")
    client = api_client(world.people["admin"])
    seen, url = [], "/api/v1/plants/"
    while url:
        page = client.get(url).json()
        seen += [row["eic"] for row in page["results"]]
        url = page["next"]

    assert len(seen) == len(set(seen)) == 221
    assert organization_eic(1) not in seen


def test_a_list_as_a_workbook(crowd):
    answer = api_client(crowd.people["admin"]).get("/api/v1/events/?format=xlsx")

    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("path", ["events/", "webhooks/", "simulation-runs/"])
def test_a_csv_without_rows_has_its_columns(world, path):
    client = api_client(world.people["super_admin"])

    page = client.get(f"/api/v1/{path}?format=csv")

    assert page["Content-Type"].startswith("text/csv")
    assert page.content.decode().startswith("id,")
    assert client.get(f"/api/v1/{path}?format=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("format_", ["json", "csv", "xlsx"])
def test_an_answer_without_content_has_none_in_any_format(world, format_):
    key, _ = make_key(
        world.people["admin"], "notebook", read_only=True, expires_at=timezone.now() + DAY
    )
    client = api_client(world.people["admin"])

    answer = client.delete(f"/api/v1/api-keys/{key.pk}/?format={format_}")

    assert (answer.status_code, answer.content) == (204, b"")

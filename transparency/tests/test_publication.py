"""When a value can be seen, counted from the end of its hour; one place decides for all."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight, utc_date, utc_midnight
from energysys.testing import api_client, make_plant
from simulation import engine
from transparency import series, texts
from transparency.series import EVERYTHING, Span

DAY_ONE = dt.date(2026, 3, 10)
MIDNIGHT = utc_midnight(DAY_ONE)
# 10:00 UTC is 13:00 in Turkey, whose today is the 10th and whose tomorrow ends on the 11th, 21:00.
NOW = MIDNIGHT + 10 * HOUR
SPAN = Span(MIDNIGHT, MIDNIGHT + 3 * DAY, NOW)


@pytest.fixture
def market(world):
    engine.simulate_day(DAY_ONE - DAY)
    engine.simulate_day(DAY_ONE)
    return world


def last_hour_of(rows, name):
    return max(row.ts for row in rows if getattr(row, name) is not None)


def test_consumption_is_seen_two_hours_after_its_hour(market):
    rows = series.consumption(SPAN)

    assert last_hour_of(rows, "actual_mwh") == NOW - 3 * HOUR
    just_before = series.consumption(Span(SPAN.start, SPAN.end, NOW - dt.timedelta(seconds=1)))
    assert last_hour_of(just_before, "actual_mwh") == NOW - 4 * HOUR


def test_smf_is_seen_four_hours_after_its_hour(market):
    rows = series.prices(SPAN)

    assert last_hour_of(rows, "smf") == NOW - 5 * HOUR
    assert all(row.smf is None for row in rows if row.ts > NOW - 5 * HOUR)


def test_realised_generation_is_seen_at_once_and_settlement_when_its_day_has_ended(market):
    rows = series.plant_generation(Span(MIDNIGHT - DAY, MIDNIGHT + 3 * DAY, NOW), market.plant.pk)

    assert last_hour_of(rows, "actual_mwh") == NOW - HOUR
    assert last_hour_of(rows, "settlement_mwh") == MIDNIGHT - 4 * HOUR  # 23:00 in Turkey


@pytest.mark.parametrize("hour", [0, 10, 20.99, 21, 23.99])
def test_day_ahead_values_are_there_for_all_of_tomorrow_at_every_moment(market, hour):
    at = MIDNIGHT + hour * HOUR
    end_of_tomorrow = turkish_midnight(turkish_date(at) + 2 * DAY)

    span = Span(MIDNIGHT, MIDNIGHT + 5 * DAY, at)

    assert series.prices(span)[-1].ts == end_of_tomorrow - HOUR
    assert last_hour_of(series.consumption(span), "forecast_mwh") == end_of_tomorrow - HOUR
    planned = series.plant_generation(span, market.plant.pk)
    assert last_hour_of(planned, "planned_mwh") == end_of_tomorrow - HOUR


def test_a_row_exists_as_soon_as_one_of_its_values_does(market):
    rows = series.prices(SPAN)

    assert [row.ts for row in rows] == [MIDNIGHT + n * HOUR for n in range(45)]
    assert all(row.ptf is not None for row in rows)


def test_the_newest_consumption_comes_with_the_forecast_of_its_hour(market):
    newest = series.latest_consumption(NOW)

    assert newest in series.consumption(SPAN)
    assert newest.ts == NOW - 3 * HOUR


def test_operators_see_what_is_not_published(market, tmp_path):
    file = tmp_path / "prices.csv"

    call_command("export", "prices", f"--from={DAY_ONE}", f"--to={DAY_ONE}", str(file))

    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 24
    assert rows[0]["timestamp"] == "2026-03-10T03:00:00+03:00"
    assert all(row["smf"] for row in rows)


def test_the_export_has_the_columns_of_the_api(market, tmp_path):
    file = tmp_path / "generation.csv"

    call_command("export", "generation", f"--from={DAY_ONE}", f"--to={DAY_ONE}", str(file))

    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 48
    assert list(rows[0]) == list(texts.generation_series(SPAN, []).columns)
    assert rows[0]["installed_capacity_mw"] == "100"


# The API, at the real clock.


@pytest.fixture
def today(world):
    now = timezone.now()
    for day, _ in engine.simulate_days(utc_date(now) - 2 * DAY, utc_date(now)):
        assert day
    return world


def get(world, path, role="analyst", **headers):
    return api_client(world.people[role], **headers).get(f"/api/v1/{path}")


def span_query(start, end):
    return f"start={start:%Y-%m-%dT%H:%M:%SZ}&end={end:%Y-%m-%dT%H:%M:%SZ}"


def yesterday_query():
    midnight = turkish_midnight(turkish_date(timezone.now())).astimezone(dt.UTC)
    return span_query(midnight - DAY, midnight)


@pytest.mark.parametrize("path", ["prices/", "consumption/", "generation/"])
def test_yesterday_has_24_complete_hours(today, path):
    rows = get(today, f"{path}?{yesterday_query()}").json()["results"]

    assert len(rows) == 24
    times = [dt.datetime.fromisoformat(row["timestamp"]) for row in rows]
    assert times[0].hour == 0
    assert times == [times[0] + n * HOUR for n in range(24)]
    assert all(row["timestamp"].endswith("+03:00") for row in rows)
    complete = [row for row in rows if None not in row.values()]
    # SMF and consumption of the last hours of yesterday may still be due just after midnight.
    assert len(complete) >= 19


def test_generation_rows_have_the_promised_fields(today):
    answer = get(today, f"generation/?{yesterday_query()}&plant={today.plant.eic}").json()
    row = answer["results"][0]

    assert list(row) == [
        "timestamp",
        "plant",
        "fuel_type",
        "installed_capacity_mw",
        "planned_mwh",
        "actual_mwh",
        "settlement_mwh",
    ]
    assert row["plant"] == today.plant.eic
    assert row["installed_capacity_mw"] == 100


def test_generation_is_cut_to_the_organization(today):
    analysts = get(today, f"generation/?{yesterday_query()}").json()["results"]
    everyones = get(today, f"generation/?{yesterday_query()}", "super_admin").json()["results"]

    assert {row["plant"] for row in analysts} == {today.plant.eic}
    assert {row["plant"] for row in everyones} == {today.plant.eic, today.other_plant.eic}


def test_filters_combine(today):
    wind = make_plant(today.organization, 8, fuel_type="wind")
    query = yesterday_query()

    def plants(more):
        return {row["plant"] for row in get(today, f"generation/?{query}&{more}").json()["results"]}

    assert plants("fuel_type=wind") == {wind.eic}
    assert plants(f"plant={wind.eic}&plant={today.plant.eic}") == {wind.eic, today.plant.eic}
    assert plants(f"organization={today.organization.eic}&fuel_type=solar") == set()


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("start=2026-03-10T00:00:00", "/start"),
        ("start=yesterday", "/start"),
        ("start=2026-03-10T25:00:00Z", "/start"),
        ("start=2026-03-10T00:00:00Z&end=2026-03-09T00:00:00Z", "/end"),
        ("start=2026-03-10T00:00:00Z&end=2026-03-10T00:00:00Z", "/end"),
        ("begin=2026-03-10T00:00:00Z", "/begin"),
        ("start=0001-01-01T00:00:00%2B14:00", "/start"),
        ("end=9999-12-31T23:59:59-14:00", "/end"),
    ],
)
@pytest.mark.parametrize("path", ["prices/", "consumption/", "generation/"])
def test_a_bad_span_is_named(world, path, query, pointer):
    answer = get(world, f"{path}?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("path", ["prices/", "consumption/", "generation/"])
@pytest.mark.parametrize("how", ["parameter", "header"])
def test_csv_has_the_rows_of_the_json(today, path, how):
    query = f"{path}?{yesterday_query()}"
    wanted = get(today, query).json()["results"]

    if how == "parameter":
        answer = get(today, f"{query}&format=csv")
    else:
        answer = get(today, query, accept="text/csv")

    assert answer.streaming
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [list(row) for row in rows] == [list(row) for row in wanted]
    assert [[as_number(value) for value in row.values()] for row in rows] == [
        list(row.values()) for row in wanted
    ]


def as_number(text):
    try:
        return float(text) if text else None
    except ValueError:
        return text


def test_long_answers_are_streamed_and_whole(today, monkeypatch):
    query = f"generation/?{yesterday_query()}"
    whole = get(today, query).json()
    monkeypatch.setattr("transparency.api.WHOLE_ROWS", 5)
    monkeypatch.setattr(texts, "CHUNK_ROWS", 7)
    cache.clear()

    answer = get(today, query)

    assert answer.streaming
    assert json.loads(b"".join(answer.streaming_content)) == whole


def test_a_streamed_body_is_cut_to_the_person_by_the_database(today):
    """Even a query that forgot its filter shows an organization's own rows only."""
    from accounts.tenancy import acting_as

    everything = texts.generation_series(
        Span(MIDNIGHT - 9 * DAY, EVERYTHING, EVERYTHING),
        [today.plant.pk, today.other_plant.pk],
    )
    with acting_as(today.people["outsider"]):
        text = b"".join(texts.stream_csv(everything)).decode()

    plants = {row["plant"] for row in csv.DictReader(io.StringIO(text))}
    assert plants == {today.other_plant.eic}

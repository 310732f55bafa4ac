"""How near the engine comes to COPY, and what a report costs. Prints ratios, asserts no time.

uv run pytest -m benchmark -s energysys/tests/benchmarks
"""

import datetime as dt
import io
import statistics
import time
from functools import partial

import pytest
from django.db import connection, connections

from assets.models import PowerPlant
from energysys.clock import DAY, utc_midnight
from energysys.testing import make_event
from simulation import engine
from simulation.fleet import make_fleet

pytestmark = pytest.mark.benchmark

FIRST = dt.date(2026, 1, 5)
LAST = FIRST + 6 * DAY
ROUNDS = 5
REPORTS = 60


def seconds(run):
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def forget():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT delete_old_data('2100-01-01', 0)")
        cursor.execute("VACUUM ANALYZE simulation_hourstate")


def week_as_text():
    text = io.BytesIO()
    with connection.cursor() as cursor:
        query = """COPY (SELECT * FROM transparency_hourlygeneration
                         ORDER BY ts AT TIME ZONE 'UTC', plant_id) TO STDOUT"""
        with cursor.connection.cursor().copy(query) as copy:
            for block in copy:
                text.write(block)
    return text.getvalue()


def copy_into_the_same_layout(text):
    """COPY in one transaction into a table of the same columns, key and daily partitions."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute(
            """CREATE TABLE copied (LIKE transparency_hourlygeneration INCLUDING ALL)
               PARTITION BY RANGE (ts)"""
        )
        for number in range(9):
            start = utc_midnight(FIRST + number * DAY)
            cursor.execute(
                f"""CREATE TABLE copied_{number} PARTITION OF copied
                    FOR VALUES FROM ('{start.isoformat()}') TO ('{(start + DAY).isoformat()}')"""
            )

        def run():
            with cursor.connection.cursor().copy("COPY copied FROM STDIN") as copy:
                copy.write(text)

        took = seconds(run)
        cursor.execute("DROP TABLE copied")
    return took


def test_a_week_of_a_thousand_plants_against_copy(committed):
    make_fleet(1000, 40)
    simulate_week()
    text = week_as_text()
    rows = text.count(b"\n")
    copied, simulated = [], []
    for _ in range(ROUNDS):
        copied.append(copy_into_the_same_layout(text))
        forget()
        simulated.append(seconds(simulate_week))
    copy_s, engine_s = statistics.median(copied), statistics.median(simulated)

    print(
        f"\n{rows:,} rows: COPY text {rows / copy_s:,.0f} rows/s,"
        f" engine {rows / engine_s:,.0f} rows/s, ratio {copy_s / engine_s:.0%}"
    )


def simulate_week():
    for day, _ in engine.simulate_days(FIRST, LAST):
        assert day


@pytest.mark.parametrize("plants", [100, 10_000])
def test_a_report_of_one_plant(committed, plants):
    make_fleet(plants, 40)
    simulate_week()
    start = utc_midnight(FIRST)
    chosen = list(PowerPlant.objects.order_by("eic")[:: plants // 60])[:REPORTS]
    took = []
    for plant in chosen:
        event = make_event(
            plant,
            affected_mw=plant.installed_capacity_mw / 3,
            starts_at=start,
            ends_at=start + 7 * DAY,
        )
        with connection.cursor() as cursor:
            call = (
                "SELECT sim_recalculate_v2("
                "ARRAY[%s], ARRAY[%s::timestamptz], ARRAY[%s::timestamptz])"
            )
            with connections["owner"].cursor() as owner:
                owner.execute(
                    "UPDATE transparency_hourlygeneration SET actual_mwh = -1 WHERE plant_id = %s",
                    [plant.pk],
                )
            parameters = [plant.pk, start, start + 7 * DAY]
            took.append(seconds(partial(cursor.execute, call, parameters)))
        assert event.pk
    took = sorted(took[5:])

    print(
        f"\n{plants:,} plants: 168 h of one plant again,"
        f" median {took[len(took) // 2] * 1000:.1f} ms,"
        f" p95 {took[int(len(took) * 0.95)] * 1000:.1f} ms"
    )

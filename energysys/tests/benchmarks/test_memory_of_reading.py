"""What a million rows cost the web process: its peak over its base, in each format.

uv run pytest -m benchmark -s energysys/tests/benchmarks/test_memory_of_reading.py
"""

import datetime as dt
import http.client
import os
import subprocess
import sys
import time
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection

from accounts.tokens import start_family
from energysys.clock import DAY, HOUR, turkish_midnight
from energysys.testing import make_world, plant_eic
from energysys.tests.e2e.sandbox import PROJECT, free_port
from simulation import engine
from simulation.fleet import make_fleet

pytestmark = pytest.mark.benchmark

PLANTS = 6000
TODAY = dt.datetime.now(dt.UTC).date()
START = turkish_midnight(TODAY - 7 * DAY)
WEEK = 168 * HOUR
# What one sheet takes, in whole hours.
SHEET = 41 * HOUR
ALLOWED_MB = 20
# A time in JSON, in arrays and in CSV.
MARK = b"+03:00"


@pytest.fixture
def token(committed):
    """Of a Super Admin, who sees a week of the country's plants."""
    world = make_world()
    make_fleet(PLANTS - 2, 40)
    for _ in engine.simulate_days(TODAY - 9 * DAY, TODAY):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return str(start_family(world.people["super_admin"]).access_token)


@pytest.fixture
def server(token, tmp_path):
    """gunicorn as the sandbox runs it, on the database of the test."""
    port = free_port()
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    }
    # A web process starts out seeing nothing.
    del environment["PGOPTIONS"]
    command = [
        *(sys.executable, "-m", "gunicorn", "energysys.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--config", "python:energysys.serving"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--preload", "--no-control-socket", "--graceful-timeout", "3"),
    ]
    with (tmp_path / "log").open("w") as log:
        child = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, child)
            yield port, child.pid
        finally:
            child.terminate()
            child.wait(timeout=30)


def wait_for(port, child):
    until = time.monotonic() + 60
    while True:
        assert child.poll() is None
        try:
            return ask(port, "/health/live", {})
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.1)


def ask(port, path, headers):
    """How many times and bytes there are in the answer, which is read as it comes."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    client.request("GET", path, headers=headers)
    answer = client.getresponse()
    assert answer.status == 200
    marks, size, tail = 0, 0, b""
    while block := answer.read(1 << 20):
        marks += (tail + block).count(MARK)
        size += len(block)
        tail = block[-len(MARK) + 1 :]
    client.close()
    return marks, size


def memory_kb(pid, name):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))


def workers_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as order:
        order.write("5")


def test_a_million_rows_leave_the_web_process_small(server, token):
    port, pid = server
    headers = {"Authorization": f"Bearer {token}"}

    def address(span, **more):
        query = {"start": START.isoformat(), "end": (START + span).isoformat()} | more
        return f"/api/v1/generation/?{urlencode(query)}"

    asks = {
        "rows": address(WEEK),
        "arrays": address(WEEK, shape="arrays"),
        "csv": address(WEEK, format="csv"),
        "xlsx": address(SHEET, format="xlsx"),
    }
    # The base is that of a process which has answered all formats, each of one plant's day.
    for _ in range(20):
        for more in ({}, {"shape": "arrays"}, {"format": "csv"}, {"format": "xlsx"}):
            ask(port, address(DAY, plant=plant_eic(1), **more), headers)
    workers = workers_of(pid)
    base = {worker: memory_kb(worker, "VmRSS") for worker in workers}
    over = {}
    for name, path in asks.items():
        for worker in workers:
            forget_peak(worker)
        began = time.perf_counter()
        marks, size = ask(port, path, headers)
        took = time.perf_counter() - began
        over[name] = max(memory_kb(each, "VmHWM") - base[each] for each in workers) / 1024
        count = f"{marks:,} hours" if marks else f"{PLANTS * SHEET // HOUR:,} rows"
        print(
            f"\n{name}: {count}, {size / 1e6:.1f} MB in {took:.1f} s,"
            f" {over[name]:.1f} MB over a base of {min(base.values()) / 1024:.0f} MB",
            end="",
        )
        assert name == "xlsx" or marks >= 1_000_000

    assert max(over.values()) < ALLOWED_MB

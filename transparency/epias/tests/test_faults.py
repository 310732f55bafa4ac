"""Faults on demand, in the sandbox only."""

import time

import pytest

from transparency.epias import faults
from transparency.epias.tests.platform import Platform

HOURLY = ("mcp", "smp", "mcp-smp-imb", "rt-cons", "rt-gen", "uevm", "kgup", "wap", "smp-dir")


def rows_with(platform, name, fault):
    answer = platform.ask(name, {faults.HEADER: fault})
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


@pytest.mark.parametrize("name", HOURLY)
def test_an_hour_can_be_missing(platform, name):
    rows = platform.items(name)

    assert rows_with(platform, name, "missing-hour") == rows[:12] + rows[13:]
    assert platform.items(name) == rows


@pytest.mark.parametrize("name", HOURLY)
def test_an_hour_can_come_twice(platform, name):
    rows = platform.items(name)

    assert rows_with(platform, name, "duplicate-hour") == rows[:13] + rows[12:]


@pytest.mark.parametrize("name", HOURLY)
def test_an_hour_can_be_corrected_later(platform, name):
    rows = platform.items(name)

    early = rows_with(platform, name, "late-correction")

    assert early[:12] + early[13:] == rows[:12] + rows[13:]
    assert list(early[12]) == list(rows[12])
    figures = {
        column: value
        for column, value in rows[12].items()
        if isinstance(value, float) and not column.endswith("Id")
    }
    for column, value in figures.items():
        assert early[12][column] == pytest.approx(value * 0.95, abs=0.0006), column
    assert bool(figures) == (name != "smp-dir")
    # A price may be zero, and stays it.
    assert (early[12] != rows[12]) == any(figures.values())


def test_sums_are_those_of_what_is_told(platform):
    answer = platform.ask("rt-cons", {faults.HEADER: "missing-hour"}).json()

    assert answer["page"]["total"] == 23
    assert answer["statistics"]["consumptionTotal"] == pytest.approx(
        sum(row["consumption"] for row in answer["items"]), abs=0.001
    )


@pytest.mark.parametrize("name", ["mcp", "pp-list", "mms"])
def test_a_service_can_be_unavailable(world, name):
    answer = Platform(world).ask(name, {faults.HEADER: "unavailable"})

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["errors"][0]["errorMessage"]


def test_a_login_can_be_unavailable(client, world):
    answer = client.post("/cas/v1/tickets", headers={faults.HEADER: "unavailable"})

    assert answer.status_code == 503


def test_a_service_can_be_slow(world, monkeypatch):
    monkeypatch.setattr(faults, "SLOW_S", 0.2)
    began = time.monotonic()

    answer = Platform(world).ask("region-list", {faults.HEADER: "slow"})

    assert answer.status_code == 200
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("name", ["pp-list", "mms", "ren-capacity", "ren-pp-list"])
def test_a_list_has_no_hour_to_lose(world, name):
    answer = Platform(world).ask(name, {faults.HEADER: "missing-hour"})

    assert answer.status_code == 400
    assert "missing-hour" in answer.json()["errors"][0]["errorMessage"]


@pytest.mark.parametrize("fault", ["", "nothing", "503"])
def test_a_fault_that_is_not_known_is_refused(world, fault):
    answer = Platform(world).ask("mcp", {faults.HEADER: fault})

    assert answer.status_code == 400
    assert "late-correction" in answer.json()["errors"][0]["errorMessage"]


@pytest.mark.parametrize("fault", [*faults.FAULTS, "nothing"])
def test_there_are_no_faults_outside_the_sandbox(world, settings, fault):
    settings.SANDBOX = False

    answer = Platform(world).ask("mcp", {faults.HEADER: fault})

    assert answer.status_code == 400
    assert faults.HEADER in answer.json()["errors"][0]["errorMessage"]

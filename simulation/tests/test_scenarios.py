"""Scenario files: good ones give the same market everywhere, bad ones are refused with reasons."""

import json
import random
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from energysys.clock import DAY
from simulation import engine, scenario
from simulation.models import Settings, SimulationRun
from simulation.tests.test_engine import DAY_ONE, checksum, fleet, forget_the_hours

__all__ = ["fleet"]

EXAMPLES = sorted((Path(scenario.__file__).parent / "scenarios").glob("*.json"))
SHOCK = {"kind": "cold_snap", "from": "2026-03-01", "to": "2026-03-20", "strength": 1.5}
COLD = {"name": "Cold March", "shocks": [SHOCK]}
SEEDED: dict[str, Any] = {
    "name": "Three at once",
    "seed": 5,
    "shocks": [
        SHOCK,
        {"kind": "gas_shortage", "from": "2026-03-09", "to": "2026-03-14", "strength": 0.7},
        {"kind": "cold_snap", "from": "2026-03-08", "to": "2026-03-12", "strength": 0.3},
        {"kind": "cold_snap", "from": "2026-03-10", "to": "2026-03-11", "strength": 0.1},
        {"kind": "drought", "from": "2026-02-01", "to": "2026-04-30"},
    ],
}
DAYS = [DAY_ONE + n * DAY for n in range(3)]
SHOCK_FIELDS = "known are kind, from, to, strength"


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "scenario.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    return write


def set_in_sql(content):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_scenario_v1(%s)", [json.dumps(content)])


def simulate(days):
    forget_the_hours()
    for day in days:
        engine.simulate_day(day)
    return checksum()


def test_command_and_sql_and_task_simulate_the_same_market(fleet, file):
    set_in_sql(SEEDED)
    for day in DAYS:
        assert engine.catch_up_day(day) > 0
    by_task = checksum()
    forget_the_hours()
    with connection.cursor() as cursor:
        for day in DAYS:
            cursor.execute("SELECT simulate_daily_energy_data(%s)", [day])
    by_sql = checksum()
    forget_the_hours()
    scenario.choose_scenario("none")

    call_command(
        "simulate",
        f"--from={DAYS[0]}",
        f"--to={DAYS[-1]}",
        f"--scenario={file(SEEDED)}",
        stdout=StringIO(),
    )

    assert by_task == by_sql == checksum()


def test_every_database_agrees_on_a_scenario(fleet, file):
    """The figure holds on any PostgreSQL from 15 to 18; a new model brings a new one."""
    scenario.choose_scenario(file(SEEDED))

    assert simulate(DAYS[:2]) == "340eb679593cf2d7d5bf8dae44bad594"


def test_days_in_any_order_give_one_checksum(fleet, file):
    scenario.choose_scenario(file(SEEDED))
    in_order = simulate(DAYS)
    shuffled = DAYS[:]
    random.Random(4).shuffle(shuffled)

    assert shuffled != DAYS
    assert simulate(shuffled) == in_order


def test_shocks_in_any_order_give_one_checksum(fleet):
    set_in_sql(SEEDED)
    in_order = simulate(DAYS[:1])

    set_in_sql(SEEDED | {"shocks": SEEDED["shocks"][::-1]})

    assert simulate(DAYS[:1]) == in_order


def test_going_back_to_none_gives_the_usual_market(fleet, file):
    usual = simulate(DAYS[:1])
    scenario.choose_scenario(file(SEEDED))
    assert Settings.objects.get().seed == 5
    assert simulate(DAYS[:1]) != usual

    scenario.choose_scenario("none")

    assert (Settings.objects.get().seed, Settings.objects.get().scenario) == (2026, {})
    assert simulate(DAYS[:1]) == usual


def test_the_seed_of_the_environment_waits_behind_that_of_a_scenario(db):
    set_in_sql(SEEDED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_seed_v2(77)")
    assert Settings.objects.get().seed == 5

    set_in_sql(COLD)

    assert Settings.objects.get().seed == 77


def test_days_of_another_scenario_are_due_again(world):
    engine.catch_up_day(DAY_ONE)
    assert engine.catch_up_day(DAY_ONE) == 0

    for content in (COLD, COLD | {"name": "Renamed"}, SEEDED, {}):
        set_in_sql(content)
        engine.catch_up_day(DAY_ONE)
        runs = SimulationRun.objects.count()
        assert engine.catch_up_day(DAY_ONE) == 0
        assert SimulationRun.objects.count() == runs

    ledger = SimulationRun.objects.order_by("pk").values_list("scenario", "seed")
    assert list(ledger) == [
        ({}, 2026),
        (COLD, 2026),
        (COLD | {"name": "Renamed"}, 2026),
        (SEEDED, 5),
        ({}, 2026),
    ]


def test_a_scenario_costs_nothing_where_it_has_no_shock(world):
    usual = simulate(DAYS[:1])

    set_in_sql({"name": "Later", "shocks": [SHOCK | {"from": "2027-03-01", "to": "2027-03-20"}]})

    assert simulate(DAYS[:1]) == usual


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_good(db, path):
    scenario.choose_scenario(str(path))

    assert Settings.objects.get().scenario == json.loads(path.read_text())


def test_the_examples_show_every_kind(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT jsonb_object_keys(value) FROM simulation_parameter
               WHERE name = 'scenario.effects'"""
        )
        kinds = {kind for (kind,) in cursor.fetchall()}
    shown = {shock["kind"] for path in EXAMPLES for shock in json.loads(path.read_text())["shocks"]}

    assert shown == kinds


def test_the_command_says_what_is_in_force(world, file):
    out = StringIO()
    for choice in (file(SEEDED), "none"):
        call_command(
            "simulate", "--from=2026-03-10", "--to=2026-03-10", "--scenario", choice, stdout=out
        )

    assert "Scenario 'Three at once', seed 5." in out.getvalue()
    assert "No scenario, seed 2026." in out.getvalue()


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        ([], ["a scenario is an object"]),
        ("cold", ["a scenario is an object"]),
        (None, ["a scenario is an object"]),
        ({"shocks": []}, ["name: a text of 1 to 60 characters is needed"]),
        ({"name": "", "shocks": []}, ["name: a text"]),
        ({"name": " x", "shocks": []}, ["name: a text"]),
        ({"name": "a\nb", "shocks": []}, ["name: a text"]),
        ({"name": "x" * 61, "shocks": []}, ["name: a text"]),
        ({"name": 7, "shocks": []}, ["name: a text"]),
        ({"name": "x"}, ["shocks: a list of at most 50 is needed"]),
        ({"name": "x", "shocks": {}}, ["shocks: a list of at most 50 is needed"]),
        ({"name": "x", "shocks": [SHOCK] * 51}, ["shocks: a list of at most 50 is needed"]),
        (COLD | {"sead": 1}, ['the key "sead" is unknown; known are name, seed, shocks']),
        (COLD | {"seed": "1"}, ['seed: "1" is not a whole number of 64 bits']),
        (COLD | {"seed": 1.5}, ["seed: 1.5 is not a whole number"]),
        (COLD | {"seed": 2**63}, ["seed: 9223372036854775808 is not a whole number"]),
        (COLD | {"seed": None}, ["seed: null is not a whole number"]),
        ({"name": "x", "shocks": ["snow"]}, ["shock 1: an object with"]),
        (
            {"name": "x", "shocks": [SHOCK, SHOCK | {"kind": "snow"}]},
            [
                'shock 2: kind: "snow" is unknown; known are coal_outage, cold_snap, drought,'
                " gas_shortage, heat_wave, wind_lull"
            ],
        ),
        (
            {"name": "x", "shocks": [{}]},
            [
                "shock 1: kind: nothing is unknown",
                "shock 1: from: nothing is not a day",
                "shock 1: to: nothing is not a day",
            ],
        ),
        (
            {"name": "x", "shocks": [SHOCK | {"from": "2026-02-30", "to": "yesterday"}]},
            [
                'shock 1: from: "2026-02-30" is not a day such as "2026-02-28"',
                'shock 1: to: "yesterday" is not a day',
            ],
        ),
        (
            {"name": "x", "shocks": [SHOCK | {"from": "1999-12-31", "to": 20260301}]},
            ['shock 1: from: "1999-12-31" is not a day', "shock 1: to: 20260301 is not a day"],
        ),
        (
            {"name": "x", "shocks": [SHOCK | {"to": "2026-02-28"}]},
            ["shock 1: to: 2026-02-28 lies before from, 2026-03-01"],
        ),
        *(
            (
                {"name": "x", "shocks": [SHOCK | {"strength": wrong}]},
                [f"shock 1: strength: {json.dumps(wrong)} is not a number above 0, at most 2"],
            )
            for wrong in (0, -1, 2.01, "1", None, [1], True)
        ),
        (
            {"name": "x", "shocks": [SHOCK | {"strenght": 1}, SHOCK | {"to": "2026-02-28"}, 5]},
            [
                f'shock 1: the key "strenght" is unknown; {SHOCK_FIELDS}',
                "shock 2: to: 2026-02-28 lies before from, 2026-03-01",
                "shock 3: an object with",
            ],
        ),
    ],
)
def test_every_mistake_is_named_with_its_place(db, file, content, reasons):
    with pytest.raises(scenario.RefusedScenarioError) as refused:
        scenario.choose_scenario(file(content))

    assert len(refused.value.reasons) == len(reasons)
    for said, expected in zip(refused.value.reasons, reasons, strict=True):
        assert said.startswith(expected)
    # PL/pgSQL, psql and whoever owns the table are held to the same rule.
    everything = r"(?s)" + r".*".join(map(re.escape, reasons))
    with pytest.raises(IntegrityError, match=everything), transaction.atomic():
        set_in_sql(content)
    assert Settings.objects.get().scenario == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is not JSON: Expecting value: line 1 column 1"),
        (b'{"name": "x",\n "shocks": [}', "it is not JSON: Expecting value: line 2 column 13"),
        (b"\xff\xfe", "it is not JSON: 'utf-8' codec can't decode"),
        (b'{"name": "x", "name": "y"}', 'it is not JSON: the key "name" stands twice'),
        (b'{"name": NaN}', "it is not JSON: NaN is no number"),
        (b"[" * 60_000, "it is not JSON: maximum recursion depth"),
        (b'{"seed": 1' + b"0" * 5000 + b"}", "it is not JSON: Exceeds the limit"),
        (b" " * 65_537, "it is longer than 65,536 bytes"),
        (b'{"name": "\\u0000", "shocks": []}', "it cannot be stored: "),
        (b'{"name": "\\ud800", "shocks": []}', "it cannot be stored: "),
        (b'{"seed": 1e999999}', "it cannot be stored: "),
    ],
    ids=range(11),
)
def test_what_is_no_json_is_refused(db, file, content, reason):
    with pytest.raises(scenario.RefusedScenarioError) as refused:
        scenario.choose_scenario(file(content))

    assert refused.value.reasons[0].startswith(reason)
    assert Settings.objects.get().scenario == {}


def test_the_command_refuses_before_it_simulates(world, file):
    bad = file({"name": "x", "shocks": [SHOCK | {"kind": "snow"}, SHOCK | {"to": 1}]})
    for choice, reason in ((bad, r"(?s)shock 1: kind.*shock 2: to"), ("/nowhere", "read: No such")):
        with pytest.raises(CommandError, match=reason):
            call_command("simulate", "--from=2026-03-10", "--to=2026-03-10", "--scenario", choice)

    assert not SimulationRun.objects.exists()


def test_a_range_that_runs_backwards_leaves_the_scenario(world, file):
    with pytest.raises(CommandError, match="before"):
        call_command("simulate", "--from=2026-03-10", "--to=2026-03-09", "--scenario", file(COLD))

    assert Settings.objects.get().scenario == {}


def test_the_strongest_scenario_still_gives_a_market(fleet):
    kinds = ("cold_snap", "heat_wave", "drought", "gas_shortage", "wind_lull", "coal_outage")
    set_in_sql(
        {
            "name": "All of it",
            "shocks": [
                {"kind": kinds[n % 6], "from": "2026-01-01", "to": "2026-12-31", "strength": 2}
                for n in range(50)
            ],
        }
    )

    engine.simulate_day(DAY_ONE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT bool_and(ptf = 3400) FROM transparency_hourlyprice")
        assert cursor.fetchone() == (True,)

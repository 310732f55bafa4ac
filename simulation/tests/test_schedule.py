"""The schedule: a missed day is caught up, a doubled tick does nothing, runs do not interleave."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from celery.schedules import crontab
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from energysys.celery import app
from energysys.clock import DAY, utc_date, utc_midnight
from energysys.testing import make_world
from simulation import engine, tasks
from simulation.models import RunOutcome, SimulationRun
from transparency.models import HourlyConsumption, HourlyGeneration, HourlyPrice

NOW = dt.datetime(2026, 3, 20, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()


def simulated_days():
    return sorted(SimulationRun.objects.filter(kind="simulate").values_list("day", flat=True))


def test_every_missed_day_within_retention_is_caught_up(world):
    engine.simulate_day(TODAY - 3 * DAY)

    engine.catch_up(NOW)

    assert simulated_days() == [TODAY - n * DAY for n in range(7, -1, -1)]


def test_a_doubled_tick_does_nothing_twice(world):
    engine.catch_up(NOW)
    runs = simulated_days()

    assert engine.catch_up(NOW) == 0

    assert simulated_days() == runs


def test_two_workers_do_not_interleave(committed):
    make_world()

    def tick(_: int) -> int:
        try:
            return engine.catch_up_day(TODAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(tick, range(4)))

    assert sorted(written)[:3] == [0, 0, 0]
    assert max(written) > 0
    assert simulated_days() == [TODAY]


def test_a_report_waits_for_a_running_simulation_and_is_not_lost(committed):
    """The event and the day are written at once; whichever comes second sees the first."""
    from energysys.testing import make_event

    world = make_world()
    engine.simulate_day(TODAY)

    def simulate(_: int) -> None:
        engine.simulate_day(TODAY)
        connection.close()

    def report(number: int) -> None:
        make_event(
            world.plant,
            affected_mw=20,
            starts_at=utc_midnight(TODAY) + number * dt.timedelta(hours=2),
            ends_at=utc_midnight(TODAY) + (number * 2 + 1) * dt.timedelta(hours=1),
        )
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        for number in range(6):
            pool.submit(simulate, number)
            pool.submit(report, number)
    stored = list(HourlyGeneration.objects.order_by("plant_id", "ts").values())

    assert engine.simulate_day(TODAY) == 0
    assert list(HourlyGeneration.objects.order_by("plant_id", "ts").values()) == stored


def test_a_failed_day_is_entered_and_raised(world):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        with pytest.raises(DatabaseError), transaction.atomic():
            engine.catch_up_day(TODAY)
        cursor.execute("SET LOCAL statement_timeout = 0")

    with pytest.raises(RuntimeError), engine.entered_when_failed("simulate", TODAY):
        raise RuntimeError("the disk is full")

    run = SimulationRun.objects.get()
    assert (run.outcome, run.day) == (RunOutcome.FAILED, TODAY)
    assert (run.seed, run.scenario) == (2026, {})
    assert "the disk is full" in run.detail


def test_a_failed_day_is_tried_again(world):
    SimulationRun.objects.create(
        kind="simulate", day=TODAY, started_at=NOW, finished_at=NOW, outcome=RunOutcome.FAILED
    )

    assert engine.catch_up(NOW) > 0


def test_a_new_seed_makes_the_kept_days_due(world):
    engine.catch_up(NOW)
    set_seed(77)

    assert engine.catch_up(NOW) > 0

    assert SimulationRun.objects.filter(seed=77).count() == 8


def test_going_back_to_a_seed_makes_its_days_due_again(world):
    engine.catch_up(NOW)
    engine.simulate_day(TODAY - 4 * DAY)
    set_seed(77)
    engine.simulate_day(TODAY - 4 * DAY)
    set_seed(2026)

    written = {age: engine.catch_up_day(TODAY - age * DAY) for age in range(7, -1, -1)}

    # The run under the other seed wrote its own day and, ahead, the two days after it.
    assert [age for age, count in written.items() if count] == [4]
    assert engine.simulate_day(TODAY - 3 * DAY) == engine.simulate_day(TODAY - 2 * DAY) == 0
    assert engine.catch_up(NOW) == 0


def set_seed(seed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_seed_v2(%s)", [seed])


def test_celery_beat_ticks_at_the_promised_hours():
    ticks = [(entry["task"], entry["schedule"]) for entry in app.conf.beat_schedule.values()]

    assert ticks == [
        ("simulation.simulate_due_days", crontab(hour=0, minute=0)),
        ("simulation.simulate_due_days", crontab(minute=30)),
        ("incidents.deliver_webhooks", 30),
        ("incidents.forget_webhook_messages", crontab(hour=3, minute=45)),
        ("simulation.prune", crontab(hour=3, minute=30)),
    ]
    assert app.conf.timezone == "UTC"
    app.loader.import_default_modules()
    assert {task for task, _schedule in ticks} <= set(app.tasks)


def test_the_tasks_do_what_the_engine_does(world):
    assert tasks.simulate_due_days() > 0
    assert tasks.simulate_due_days() == 0
    assert simulated_days()[-1] == utc_date(timezone.now())
    assert tasks.prune() == 0


def test_pruning_drops_whole_days_past_retention_and_keeps_imports(world):
    for day, _ in engine.simulate_days(TODAY - 9 * DAY, TODAY):
        assert day
    import_hour(utc_midnight(TODAY - 9 * DAY))

    # At 09:30 the days up to the 12th have ended at least 7 × 24 h ago.
    assert engine.prune(NOW) == 2

    first_kept = utc_midnight(TODAY - 7 * DAY)
    assert HourlyGeneration.objects.order_by("ts").first().ts == first_kept
    assert HourlyPrice.objects.filter(imported=False).earliest("ts").ts == first_kept
    assert HourlyConsumption.objects.filter(imported=False).earliest("ts").ts == first_kept
    assert HourlyPrice.objects.filter(ts__lt=first_kept).count() == 1
    assert SimulationRun.objects.get(kind="prune").detail == "2 days of generation dropped"
    assert engine.prune(NOW) == 0


def import_hour(ts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transparency_import_hours_v1("
            "ARRAY[%s::timestamptz], ARRAY[1.0::float8], ARRAY[2.0::float8],"
            " ARRAY[3.0::numeric], ARRAY[4.0::numeric])",
            [ts],
        )


def test_imported_hours_are_never_overwritten(world):
    import_hour(utc_midnight(TODAY))

    engine.simulate_day(TODAY)

    price = HourlyPrice.objects.get(ts=utc_midnight(TODAY))
    load = HourlyConsumption.objects.get(ts=utc_midnight(TODAY))
    assert (price.ptf, price.smf, price.imported) == (3, 4, True)
    assert (load.actual_mwh, load.forecast_mwh, load.imported) == (1, 2, True)
    assert HourlyPrice.objects.filter(imported=False).count() == 68


def test_the_entry_points_answer_to_their_plain_names(world):
    with connection.cursor() as cursor:
        cursor.execute("SELECT simulate_daily_energy_data('2026-03-20')")
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT delete_old_data()")
        assert cursor.fetchone()[0] == 3


def test_the_simulate_command_takes_both_ends(world):
    out = StringIO()

    call_command("simulate", "--from=2026-03-01", "--to=2026-03-03", stdout=out)

    assert len(simulated_days()) == 3
    assert "Simulated 3 days" in out.getvalue()


def test_the_commands_refuse_a_range_that_runs_backwards(world):
    with pytest.raises(CommandError, match="before"):
        call_command("simulate", "--from=2026-03-03", "--to=2026-03-01")
    with pytest.raises(CommandError, match="offset"):
        call_command("prune", "--at=2026-03-03T00:00:00")


def test_prune_takes_no_instant_in_the_future(world):
    engine.catch_up(NOW)
    kept = HourlyGeneration.objects.count()
    tomorrow = (timezone.now() + DAY).isoformat()

    with pytest.raises(CommandError, match="future"):
        call_command("prune", f"--at={tomorrow}")

    assert HourlyGeneration.objects.count() == kept > 0


def test_a_day_pruned_too_early_is_due_again(world):
    engine.catch_up(NOW)
    engine.prune(NOW + 30 * DAY)
    assert not HourlyGeneration.objects.exists()

    # What the first of them wrote ahead does not stand for the days after it.
    engine.catch_up(NOW)

    realised = HourlyGeneration.objects.filter(actual_mwh__isnull=False)
    assert realised.filter(plant_id=world.plant.pk).count() == 8 * 24


@pytest.mark.parametrize(
    "call",
    [
        "simulate_daily_energy_data('infinity')",
        "simulate_daily_energy_data('10000-01-01')",
        "simulate_daily_energy_data(NULL)",
        "delete_old_data(now(), -1)",
    ],
)
def test_the_entry_points_refuse_what_is_no_day(world, call):
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match=r"20|retention"):
        cursor.execute(f"SELECT {call}")


def test_a_fleet_has_no_more_plants_than_a_database_bears(db):
    with pytest.raises(CommandError, match="at most 100,000"):
        call_command("make_fleet", "--plants=9999999999")

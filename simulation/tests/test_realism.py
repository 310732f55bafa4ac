"""The statistics that stand beside the calibration: what they count, and how they are judged."""

import datetime as dt
import io
import json
import math
from decimal import Decimal
from itertools import pairwise
from statistics import correlation, fmean, quantiles, stdev

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assets.models import FuelType
from energysys.clock import DAY, HOUR, ISTANBUL, utc_midnight
from energysys.testing import make_event, make_plant
from simulation import engine
from simulation.figure_names import GROUPS, NAMES
from simulation.models import CalibrationFigure
from simulation.realism import Measured, Report, Verdict, make_report, stored_days
from transparency.models import HourlyConsumption, HourlyGeneration, HourlyPrice

FIRST = dt.date(2026, 2, 23)
LAST = dt.date(2026, 3, 15)


@pytest.fixture
def three_weeks(world):
    """Three weeks of two wind farms and a gas plant of Nova's."""
    make_plant(world.organization, 3, fuel_type=FuelType.WIND)
    make_plant(world.organization, 4, fuel_type=FuelType.WIND, installed_capacity_mw=50)
    for _ in engine.simulate_days(FIRST, LAST):
        pass
    return make_report(FIRST, LAST).measured


def in_span(model):
    return model.objects.filter(
        ts__gte=utc_midnight(FIRST), ts__lt=utc_midnight(LAST + DAY)
    ).order_by("ts")


def lagged(values, hours):
    return correlation(values[hours:], values[:-hours])


def test_consumption_is_measured_as_its_rows_say(three_weeks):
    rows = list(in_span(HourlyConsumption))
    load = [row.actual_mwh for row in rows]
    error = [row.forecast_mwh / row.actual_mwh - 1 for row in rows]
    steps = [after - before for before, after in pairwise(load)]
    expected = {
        "cons.mean_mwh": fmean(load),
        "cons.cv": stdev(load) / fmean(load),
        "cons.ramp_mean_abs": fmean(map(abs, steps)) / fmean(load),
        "cons.ramp_p75": quantiles(steps, n=4, method="inclusive")[2] / fmean(load),
        "cons.acf_1": lagged(load, 1),
        "cons.acf_24": lagged(load, 24),
        "cons.acf_168": lagged(load, 168),
        "fcst.mape": fmean(map(abs, error)),
        "fcst.bias": fmean(error),
        "fcst.acf_24": lagged(error, 24),
        "fcst.corr_actual": correlation(load, [row.forecast_mwh for row in rows]),
    }

    assert {name: three_weeks.values[name] for name in expected} == pytest.approx(expected)
    assert three_weeks.samples["cons.mean_mwh"] == len(rows) == 21 * 24


def test_prices_are_measured_as_their_rows_say(three_weeks):
    rows = list(in_span(HourlyPrice))
    ptf = [float(row.ptf) for row in rows]
    gap = [float(row.smf - row.ptf) for row in rows]
    side = [0 if abs(step) < 0.5 else math.copysign(1, step) for step in gap]
    mean = fmean(ptf)
    expected = {
        "ptf.mean": mean,
        "ptf.max": max(ptf),
        "ptf.q25_over_mean": quantiles(ptf, n=4, method="inclusive")[0] / mean,
        "ptf.low_share": fmean(price <= 0.25 * mean for price in ptf),
        "ptf.acf_24": lagged(ptf, 24),
        "ptf.corr_consumption": correlation(
            ptf, list(in_span(HourlyConsumption).values_list("actual_mwh", flat=True))
        ),
        "smf.share_above_ptf": side.count(1) / len(side),
        "smf.share_equal_ptf": side.count(0) / len(side),
        "smf.direction_persistence": fmean(before == after for before, after in pairwise(side)),
        "smf.diff_std": stdev(gap) / mean,
        "smf.diff_acf_1": lagged(gap, 1),
    }

    assert {name: three_weeks.values[name] for name in expected} == pytest.approx(expected)


def test_generation_is_measured_as_its_rows_say(world, three_weeks):
    farms = world.organization.plants.filter(fuel_type=FuelType.WIND)
    hours: dict[dt.datetime, tuple[float, float]] = {}
    for row in in_span(HourlyGeneration).filter(plant_id__in=farms.values("pk")):
        before = hours.get(row.ts, (0, 0))
        hours[row.ts] = before[0] + row.planned_mwh, before[1] + row.actual_mwh
    planned, actual = zip(*hours.values(), strict=True)
    single = [list(in_span(HourlyGeneration).filter(plant_id=farm.pk)) for farm in farms]
    expected = {
        "gen.wind.plants": 2,
        "gen.wind.cf": fmean(actual) / 150,
        "gen.wind.cv": stdev(actual) / fmean(actual),
        "gen.wind.acf_24": lagged(actual, 24),
        "plan.wind.corr": correlation(planned, actual),
        "plant.wind.bias_over_capacity": fmean(
            fmean(row.actual_mwh - row.planned_mwh for row in rows)
            / float(farm.installed_capacity_mw)
            for farm, rows in zip(farms, single, strict=True)
        ),
        "plant.wind.output_acf_1": fmean(lagged([row.actual_mwh for row in r], 1) for r in single),
    }

    assert {name: three_weeks.values[name] for name in expected} == pytest.approx(expected)
    assert len(hours) == three_weeks.samples["gen.wind.cf"] == 21 * 24
    assert three_weeks.values["settle.impossible_hours"] == 0


def test_a_shape_is_the_mean_of_its_hours_over_their_average(three_weeks):
    sunday: dict[int, list[float]] = {}
    for row in in_span(HourlyConsumption):
        local = row.ts.astimezone(ISTANBUL)
        if local.isoweekday() == 7:
            sunday.setdefault(local.hour, []).append(row.actual_mwh)
    means = {hour: fmean(loads) for hour, loads in sunday.items()}
    level = fmean(means.values())

    shape = three_weeks.shapes["cons.hour.sunday"]

    assert shape == pytest.approx({hour: mean / level for hour, mean in means.items()})
    real = CalibrationFigure.objects.get(name="cons.hour.sunday").value
    assert three_weeks.values["cons.hour_shape_rmse.sunday"] == pytest.approx(
        math.sqrt(fmean((shape[hour] - real[hour]) ** 2 for hour in range(24)))
    )


def test_a_holiday_is_compared_with_the_same_weekday_around_it(db):
    first, last = dt.date(2026, 4, 8), dt.date(2026, 5, 8)
    for _ in engine.simulate_days(first, last):
        pass
    by_day: dict[dt.date, list[float]] = {}
    for ts, load in HourlyConsumption.objects.values_list("ts", "actual_mwh"):
        if load is not None:
            by_day.setdefault(ts.astimezone(ISTANBUL).date(), []).append(load)
    means = {day: fmean(loads) for day, loads in by_day.items()}
    ratios = [
        # 23 April's neighbours a week later and 1 May's a week before are ordinary days.
        means[day] / fmean(means[day + age * DAY] for age in ages)
        for day, ages in (
            (dt.date(2026, 4, 23), (-14, -7, 7, 14)),
            (dt.date(2026, 5, 1), (-14, -7, 7)),
        )
    ]

    values = make_report(first, last).measured.values

    assert values["cons.fixed_holiday_ratio"] == pytest.approx(fmean(ratios))
    assert "cons.religious_holiday_ratio" not in values


def test_imported_hours_are_not_the_engines(three_weeks):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transparency_import_hours_v1(%s, %s, %s, %s, %s)",
            [[utc_midnight(FIRST)], [1.0], [1.0], [Decimal(1)], [Decimal(1)]],
        )

    measured = make_report(FIRST, LAST).measured

    assert measured.samples["cons.mean_mwh"] == three_weeks.samples["cons.mean_mwh"] - 1
    assert measured.values["ptf.min"] == three_weeks.values["ptf.min"]


def make_outage(plant, start, hours, mw, **changes):
    """An outage as the engine invents it."""
    return make_event(
        plant,
        starts_at=start,
        ends_at=start + hours * HOUR,
        affected_mw=mw,
        **{"invented_at": start} | changes,
    )


def test_invented_outages_are_measured_by_fuel(world):
    start = utc_midnight(FIRST)
    # What people report is not the engine's.
    make_event(world.plant, starts_at=start, ends_at=start + 500 * HOUR, affected_mw=1)
    make_outage(world.plant, start, 2, 40)
    make_outage(world.plant, start + 40 * HOUR, 4, 99)
    # It yielded to a report in its middle, and stands as two events.
    make_outage(world.plant, start + 80 * HOUR, 10, 40)
    make_outage(world.plant, start + 90 * HOUR, 20, 10, invented_at=start + 80 * HOUR)
    make_outage(world.plant, start - HOUR, 2, 1)

    measured = make_report(FIRST, LAST).measured

    lignite = {k: v for k, v in measured.values.items() if k.startswith("outage.lignite.")}
    assert lignite == pytest.approx(
        {
            "outage.lignite.median_hours": 4,
            "outage.lignite.mean_hours": 12,
            "outage.lignite.p90_hours": 24.8,
            "outage.lignite.share_under_6h": 2 / 3,
            "outage.lignite.full_loss_share": 1 / 3,
            # Two plants over three weeks.
            "outage.lignite.per_plant_year": 3 / 2 * 365.25 / 21,
        }
    )
    assert measured.samples["outage.lignite.mean_hours"] == 3


def judged(value, *, days=60, plants=10, name="gen.wind.cf"):
    """The verdict on a figure whose band is 0.2 to 0.4 and which needs 60 days."""
    row = CalibrationFigure(name=name, value=0.3, low=0.2, high=0.4, least_days=60)
    values = {name: value, "gen.wind.plants": plants}
    measured = Measured(
        {k: v for k, v in values.items() if v is not None}, {}, {"gen.wind.cf": days * 24}
    )
    return Report(FIRST, LAST, measured, {name: row}).figures[0].verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ({"value": 0.2}, Verdict.IN_BAND),
        ({"value": 0.4}, Verdict.IN_BAND),
        ({"value": 0.401}, Verdict.OUT_OF_BAND),
        ({"value": 0.199}, Verdict.OUT_OF_BAND),
        ({"value": 0.9, "days": 59}, Verdict.TOO_SHORT),
        ({"value": 0.9, "plants": 4}, Verdict.TOO_FEW),
        ({"value": None}, Verdict.MISSING),
        ({"value": None, "days": 0}, Verdict.MISSING),
    ],
)
def test_a_figure_is_judged_by_its_band_when_the_sample_is_large_enough(found, verdict):
    assert judged(**found) == verdict


def test_every_banded_figure_has_a_name_and_a_source(db):
    report = make_report(FIRST, LAST)

    assert len(report.figures) > 250
    for figure in report.figures:
        assert figure.kind in NAMES
        assert figure.group in GROUPS
        assert figure.low <= figure.real <= figure.high, figure.name
        assert figure.unit
        assert figure.source


def test_nothing_stored_is_nothing_to_compare(db):
    assert stored_days() is None
    with pytest.raises(CommandError, match="No simulated hour") as refused:
        call_command("realism")
    assert refused.value.returncode == 2

    with pytest.raises(CommandError, match="Nothing to compare") as refused:
        call_command("realism", "--from", "2026-03-01", "--to", "2026-03-07", stdout=io.StringIO())
    assert refused.value.returncode == 2


def test_the_command_prints_and_writes_all_figures(world, tmp_path):
    engine.simulate_day(FIRST)
    out = io.StringIO()

    call_command("realism", "--json", str(tmp_path / "result.json"), stdout=out)

    written = json.loads((tmp_path / "result.json").read_text())
    assert (written["from"], written["to"]) == ("2026-02-23", "2026-02-23")
    # One day judges the settlement alone.
    assert (written["in_band"], written["out_of_band"]) == (3, 0)
    assert all(f"  {figure['name']} " in out.getvalue() for figure in written["figures"])
    assert "needs 60 days" in out.getvalue()
    assert out.getvalue().splitlines()[-1].startswith("3 in band, 0 out, ")


def test_the_command_fails_when_a_figure_is_out_of_its_band(world):
    engine.simulate_day(FIRST)
    for number in range(30):
        make_outage(world.plant, utc_midnight(FIRST) + number * 0.5 * HOUR, 99, 1)
    out = io.StringIO()

    with pytest.raises(SystemExit) as left:
        call_command("realism", stdout=out)

    assert left.value.code == 1
    assert "  OUT\n" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "2026-03-02", "--to", "2026-03-01"], "--to lies before --from"),
        (["--from", "2025-01-01", "--to", "2026-03-01"], "at most 366 days"),
        (["--from", "2026-13-01"], "is no day from 2000 to 2099"),
        (["--json", "/nowhere/at/all.json"], "cannot be written: No such file"),
    ],
)
def test_the_command_says_what_is_wrong(world, arguments, words):
    engine.simulate_day(FIRST)

    with pytest.raises(CommandError, match=words) as refused:
        call_command("realism", *arguments, stdout=io.StringIO())

    assert refused.value.returncode in (1, 2)

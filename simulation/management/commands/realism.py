"""`manage.py realism [--from D --to D] [--json FILE]`"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from energysys.clock import DAY, calendar_day
from simulation.realism import LONGEST_DAYS, Figure, Report, Verdict, make_report, stored_days

NOTHING_TO_COMPARE = 2
LINE = "  {:<40} {:>12} {:>12} {:>25}  {}"


class Command(BaseCommand):
    help = (
        "Print the statistics of simulated UTC days, both ends included, beside the real market's."
        " Exit status: 0 all in their bands, 1 some out, 2 nothing to compare."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="first", type=calendar_day, help="default: the first stored day"
        )
        parser.add_argument(
            "--to", dest="last", type=calendar_day, help="default: the last stored day"
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="also write the result here")

    def handle(
        self, *, first: dt.date | None, last: dt.date | None, json: Path | None, **options: Any
    ) -> None:
        report = make_report(*chosen_days(first, last))
        if json:
            write_json(report, json)
        for line in lines_of(report):
            self.stdout.write(line)
        if not report.judged:
            raise CommandError(
                "Nothing to compare: no figure has as many days as it needs.",
                returncode=NOTHING_TO_COMPARE,
            )
        if report.count(Verdict.OUT_OF_BAND):
            sys.exit(1)


def chosen_days(first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
    stored = stored_days()
    if stored is None and (first is None or last is None):
        raise CommandError("No simulated hour is stored.", returncode=NOTHING_TO_COMPARE)
    first, last = first or stored[0], last or stored[1]  # type: ignore[index]
    if last < first:
        raise CommandError("--to lies before --from.", returncode=NOTHING_TO_COMPARE)
    if last - first >= LONGEST_DAYS * DAY:
        raise CommandError(f"Choose at most {LONGEST_DAYS} days.", returncode=NOTHING_TO_COMPARE)
    return first, last


def write_json(report: Report, file: Path) -> None:
    try:
        file.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"{file} cannot be written: {error.strerror}.", returncode=NOTHING_TO_COMPARE
        ) from error


def lines_of(report: Report) -> Iterator[str]:
    """The table, a group after the other, and the count in its last line."""
    yield f"UTC days {report.first} to {report.last}, {report.days} days"
    for group, figures in groupby(report.figures, key=lambda figure: figure.group):
        rows = list(figures)
        judged = sum(figure.is_judged for figure in rows)
        good = sum(figure.verdict == Verdict.IN_BAND for figure in rows)
        yield f"\n{group}: {good} of {judged} judged figures in band"
        yield LINE.format("figure", "simulated", "real", "band", "verdict")
        for figure in rows:
            yield line_of(figure)
    skipped = len(report.figures) - report.judged
    yield (
        f"\n{report.count(Verdict.IN_BAND)} in band, {report.count(Verdict.OUT_OF_BAND)} out,"
        f" {skipped} not judged"
    )


def line_of(figure: Figure) -> str:
    verdict = {
        Verdict.IN_BAND: "in",
        Verdict.OUT_OF_BAND: "OUT",
        Verdict.TOO_SHORT: f"needs {figure.least_days} days",
        Verdict.TOO_FEW: "too few plants or events",
        Verdict.MISSING: "nothing stored",
    }[figure.verdict]
    band = f"{written(figure.low)} .. {written(figure.high)}"
    return LINE.format(figure.name, written(figure.simulated), written(figure.real), band, verdict)


def written(value: float | None) -> str:
    """With about four figures, as far as they tell something."""
    if value is None:
        return "-"
    size = abs(value)
    places = 0 if size >= 1000 else 2 if size >= 10 else 4
    return f"{value:,.{places}f}"

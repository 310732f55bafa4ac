"""Loads published market hours from a CSV file: all of them, or none and every reason why."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import connection

COLUMNS = ("timestamp", "actual_consumption", "demand_forecast", "ptf", "smf")
HIGHEST = Decimal(10) ** 7
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


class RefusedFileError(Exception):
    """The file as a whole was refused; `reasons` names every bad row."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class MarketHour:
    """One line: the hour's start, MWh, MWh, TL/MWh, TL/MWh."""

    ts: dt.datetime
    actual_mwh: Decimal
    forecast_mwh: Decimal
    ptf: Decimal
    smf: Decimal


def import_market(path: Path) -> int:
    """Store the hours of the file as imported and return how many; raise `RefusedFileError`."""
    hours = read_market(path)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT transparency_import_hours_v1(
                   %s::timestamptz[], %s::float8[], %s::float8[], %s::numeric[], %s::numeric[])""",
            [
                [hour.ts for hour in hours],
                [hour.actual_mwh for hour in hours],
                [hour.forecast_mwh for hour in hours],
                [hour.ptf for hour in hours],
                [hour.smf for hour in hours],
            ],
        )
        return int(cursor.fetchone()[0])


def read_market(path: Path) -> list[MarketHour]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_market(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RefusedFileError([f"{path}: {error}"]) from error


def parse_market(reader: csv.DictReader[str]) -> list[MarketHour]:
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise RefusedFileError([f"line 1: there is no column {name}" for name in missing])
    hours: dict[dt.datetime, MarketHour] = {}
    reasons: list[str] = []
    for row in reader:
        line = reader.line_num
        wrong = list(refusals(row))
        reasons += [f"line {line}: {reason}" for reason in wrong]
        if wrong:
            continue
        hour = parse_row(row)
        if hour.ts in hours:
            reasons.append(f"line {line}: the hour {row['timestamp']} stands there twice")
        hours[hour.ts] = hour
    if not hours and not reasons:
        reasons = ["the file has no rows"]
    if reasons:
        raise RefusedFileError(reasons)
    return list(hours.values())


def refusals(row: dict[str, str]) -> Iterator[str]:
    text = row["timestamp"] or ""
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        yield f"timestamp: {text!r} is not an ISO 8601 time"
    else:
        if time.tzinfo is None:
            yield f"timestamp: {text!r} has no offset"
        elif not 2000 <= time.year < 2100:
            yield f"timestamp: {text!r} is not in the years 2000 to 2099"
        elif time.timestamp() % 3600:
            yield f"timestamp: {text!r} is not the start of an hour"
    if None in row:
        yield "there are more values than columns"
    for name in COLUMNS[1:]:
        reason = refuse_number(row[name])
        if reason:
            yield f"{name}: {reason}"


def refuse_number(text: str | None) -> str:
    if not NUMBER.fullmatch((text or "").strip()):
        return f"{text!r} is not a number"
    value = Decimal((text or "").strip())
    return "" if 0 <= value < HIGHEST else f"{text} is not between 0 and {HIGHEST:,}"


def parse_row(row: dict[str, str]) -> MarketHour:
    values = [Decimal(row[name].strip()) for name in COLUMNS[1:]]
    return MarketHour(dt.datetime.fromisoformat(row["timestamp"]), *values)

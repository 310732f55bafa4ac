"""Hours as JSON and CSV, which PostgreSQL writes: what the API and the export command send.

Generation is cut to plants that the caller has scoped; `series` says what times and spans are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from transparency.series import TIME, Span

CHUNK_ROWS = 1000
# A line of arrays holds all hours of a plant.
CHUNK_ARRAYS = 25


@dataclass(frozen=True)
class Series:
    """Rows of one kind: their columns, and the query that yields them in order.

    Their JSON is made of `hours`, which have a `head_id`, a `ts` and the columns of `values`, and
    of `heads`: the members that all hours of a plant, or of the country, share.
    """

    columns: Sequence[str]
    query: str
    parameters: Sequence[Any]
    values: Sequence[str] = ()
    hours: str = ""
    heads: str = "(SELECT 0 AS id, '' AS members)"
    head_parameters: Sequence[Any] = ()

    @property
    def json_parameters(self) -> list[Any]:
        return [*self.parameters, *self.head_parameters]


def price_series(span: Span) -> Series:
    return Series(
        ("timestamp", "ptf", "smf"),
        f"SELECT {TIME} AS timestamp, ptf, smf FROM published_prices_v1(%s, %s, %s) ORDER BY ts",
        span.parameters,
        ("ptf", "smf"),
        "(SELECT 0 AS head_id, * FROM published_prices_v1(%s, %s, %s))",
    )


def consumption_series(span: Span) -> Series:
    return Series(
        ("timestamp", "actual_mwh", "forecast_mwh"),
        f"""SELECT {TIME} AS timestamp, actual_mwh, forecast_mwh
            FROM published_consumption_v1(%s, %s, %s) ORDER BY ts""",
        span.parameters,
        ("actual_mwh", "forecast_mwh"),
        "(SELECT 0 AS head_id, * FROM published_consumption_v1(%s, %s, %s))",
    )


def generation_series(span: Span, plant_ids: Sequence[int]) -> Series:
    """Hours of the given plants, by plant and hour."""
    return Series(
        (
            "timestamp",
            "plant",
            "fuel_type",
            "installed_capacity_mw",
            "planned_mwh",
            "actual_mwh",
            "settlement_mwh",
        ),
        f"""SELECT {TIME} AS timestamp, plant.eic AS plant, plant.fuel_type,
                   trim_scale(plant.installed_capacity_mw) AS installed_capacity_mw,
                   planned_mwh, actual_mwh, settlement_mwh
            FROM published_generation_v2(%s, %s, %s) AS hour
            JOIN assets_powerplant AS plant ON plant.id = hour.plant_id
            WHERE hour.plant_id = ANY (%s)
            ORDER BY hour.plant_id, ts""",
        [*span.parameters, list(plant_ids)],
        ("planned_mwh", "actual_mwh", "settlement_mwh"),
        """(SELECT plant_id AS head_id, * FROM published_generation_v2(%s, %s, %s)
            WHERE plant_id = ANY (%s))""",
        """(SELECT id, '"plant":"' || eic || '","fuel_type":"' || fuel_type
                    || '","installed_capacity_mw":' || trim_scale(installed_capacity_mw) || ','
                    AS members
            FROM assets_powerplant WHERE id = ANY (%s))""",
        [list(plant_ids)],
    )


def outage_series(span: Span) -> Series:
    """Outages that share an instant with the span and whose end is known, by start."""
    moment = "to_char({} AT TIME ZONE 'Europe/Istanbul', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+03:00\"')"
    return Series(
        (
            "plant",
            "fuel_type",
            "event_type",
            "start",
            "end",
            "installed_capacity_mw",
            "available_capacity_mw",
        ),
        f"""SELECT plant.eic AS plant, plant.fuel_type, event.event_type,
                   {moment.format("event.starts_at")} AS start,
                   {moment.format("event.ends_at")} AS "end",
                   trim_scale(plant.installed_capacity_mw) AS installed_capacity_mw,
                   trim_scale(plant.installed_capacity_mw - event.affected_mw)
                   AS available_capacity_mw
            FROM incidents_plantevent AS event
            JOIN assets_powerplant AS plant ON plant.id = event.plant_id
            WHERE event.dismissed_at IS NULL AND event.ends_at IS NOT NULL
              AND event.period && tstzrange(%s, %s)
            ORDER BY event.starts_at, event.id""",
        [span.start, span.end],
    )


def row_texts(series: Series) -> str:
    """The query of each row as the text of a JSON object. No text in it needs an escape."""
    numbers = " || ',".join(
        f"""\"{name}":' || coalesce({name}::text, 'null')""" for name in series.values
    )
    return f"""SELECT '{{"timestamp":"' || {TIME} || '",' || head.members || '{numbers} || '}}'
                      AS text
               FROM {series.hours} AS hour
               JOIN {series.heads} AS head ON head.id = hour.head_id
               ORDER BY hour.head_id, ts"""


def array_texts(series: Series) -> str:
    """The query of each plant, or of the country, as a JSON object with an array a column."""
    gathered = ", ".join(
        f"array_to_string(array_agg({name}), ',', 'null') AS {name}" for name in series.values
    )
    arrays = " || ',".join(f"""\"{name}":[' || {name} || ']'""" for name in series.values)
    # The arrays take the order of the hours that they are made of.
    return f"""SELECT '{{' || head.members || '"timestamp":["' || timestamps || '"],{arrays} || '}}'
                      AS text
               FROM (
                   SELECT head_id, array_to_string(array_agg({TIME}), '","') AS timestamps,
                          {gathered}
                   FROM (SELECT * FROM {series.hours} AS hour ORDER BY head_id, ts) AS hour
                   GROUP BY head_id
               ) AS hour
               JOIN {series.heads} AS head ON head.id = hour.head_id
               ORDER BY hour.head_id"""


TEXTS = {"rows": row_texts, "arrays": array_texts}


def json_text(series: Series, shape: str = "rows") -> str:
    """All rows, or arrays, as the text of one JSON array."""
    with connection.cursor() as cursor:
        query = TEXTS[shape](series)
        cursor.execute(
            f"SELECT string_agg(text, ',') FROM ({query}) AS line", series.json_parameters
        )
        return f"[{cursor.fetchone()[0] or ''}]"


def stream_json(series: Series, shape: str = "rows") -> Iterator[str]:
    """The same array piece by piece, in memory that does not grow with the rows."""
    opening = "["
    size = CHUNK_ARRAYS if shape == "arrays" else CHUNK_ROWS
    for lines in chunks(TEXTS[shape](series), series.json_parameters, size):
        yield opening + ",".join(text for (text,) in lines)
        opening = ","
    yield "[]" if opening == "[" else "]"


def stream_rows(series: Series) -> Iterator[tuple[Any, ...]]:
    """The same rows as values."""
    for rows in chunks(series.query, series.parameters, CHUNK_ROWS):
        yield from rows


def chunks(query: str, parameters: Sequence[Any], size: int) -> Iterator[list[tuple[Any, ...]]]:
    # The rows of a server-side cursor live as long as its transaction.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(size):
            yield rows


def stream_csv(series: Series) -> Iterator[bytes]:
    """The same rows as CSV with a header, written by PostgreSQL's COPY."""
    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor() as cursor:
        query = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)").format(
            sql.SQL(series.query.replace("%s", "{}")).format(
                *(sql.Literal(value) for value in series.parameters)
            )
        )
        with cursor.copy(query) as copy:
            for block in copy:
                yield bytes(block)

"""Answers with `items`, `page` and sums, written by PostgreSQL from one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from rest_framework import exceptions

from accounts.models import User
from energysys.clock import DAY, turkish_midnight
from transparency.epias.faults import CORRECTED, DUPLICATE, MISSING
from transparency.series import Span

IS_NOON = "extract(hour FROM ts AT TIME ZONE 'Europe/Istanbul') = 12"
EARLY = 'trim_scale(round("%s" * 0.95, 3))'


class Asked(NamedTuple):
    """Who wants what, and as of when."""

    user: User
    wanted: dict[str, Any]
    at: dt.datetime

    @property
    def span(self) -> Span:
        """The days that were asked for; `date` names a single one."""
        first = self.wanted.get("startDate") or self.wanted["date"]
        last = self.wanted.get("endDate") or first
        return Span(turkish_midnight(first), turkish_midnight(last + DAY), self.at)


@dataclass(frozen=True)
class Rows:
    """A query whose columns are the items' and hidden ones; `sums` are expressions over them."""

    query: str
    parameters: Sequence[Any]
    columns: Sequence[str]
    measures: Sequence[str] = ()
    hidden: Sequence[str] = ("ts",)
    order: str = "ts"
    sums: Mapping[str, str] = field(default_factory=dict)
    sums_name: str = ""
    hourly: bool = True


def as_told(rows: Rows, fault: str | None) -> str:
    """The query that turns the stored rows into those of a service with that fault."""
    if fault == MISSING:
        return f"SELECT * FROM stored WHERE NOT {IS_NOON}"
    if fault == DUPLICATE:
        return f"SELECT * FROM stored UNION ALL SELECT * FROM stored WHERE {IS_NOON}"
    if fault == CORRECTED:
        rest = [f'"{name}"' for name in (*rows.columns, *rows.hidden) if name not in rows.measures]
        early = [
            f'CASE WHEN {IS_NOON} THEN {EARLY % name} ELSE "{name}" END AS "{name}"'
            for name in rows.measures
        ]
        return f"SELECT {', '.join([*early, *rest])} FROM stored"
    return "SELECT * FROM stored"


def json_answer(rows: Rows, page: dict[str, Any] | None, fault: str | None) -> str:
    """The whole answer as JSON; all rows unless a page is asked for."""
    page = page or {"number": 1, "size": None, "sort": None}
    sort = page["sort"] or {"field": None, "direction": "ASC"}
    if sort["field"]:
        refuse_unknown_field(sort["field"], rows.columns)
    order = f'"{sort["field"]}" {sort["direction"]}, {rows.order}' if sort["field"] else rows.order
    listed = ", ".join(f'"{name}"' for name in rows.columns)
    sums = ", ".join(f"'{name}', {expression}" for name, expression in rows.sums.items())
    query = f"""
        WITH stored AS MATERIALIZED ({rows.query}),
        told AS MATERIALIZED ({as_told(rows, fault)}),
        item AS (SELECT {listed} FROM told ORDER BY {order} LIMIT %s OFFSET %s)
        SELECT json_build_object(
            'items', coalesce((SELECT json_agg(item) FROM item), '[]'),
            'page', json_build_object(
                'number', %s::integer, 'size', coalesce(%s::integer, count(*)), 'total', count(*),
                'sort', json_build_object('field', %s::text, 'direction', %s::text)
            ){f", '{rows.sums_name}', json_build_object({sums})" if sums else ""}
        )::text FROM told"""
    number, size = page["number"], page["size"]
    parameters = [
        *rows.parameters,
        *(size, (number - 1) * (size or 0)),
        *(number, size, sort["field"] or rows.columns[0], sort["direction"]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return str(cursor.fetchone()[0])


def page_of(items: list[Any], page: dict[str, Any] | None) -> dict[str, Any]:
    """The answer of a short list; all items unless a page is asked for."""
    page = page or {"number": 1, "size": None, "sort": None}
    size = page["size"] or len(items)
    sort = page["sort"] or {"field": None, "direction": "ASC"}
    field = sort["field"]
    if field and items:
        refuse_unknown_field(field, items[0])
        items = sorted(items, key=lambda row: row[field], reverse=sort["direction"] == "DESC")
    first = (page["number"] - 1) * size
    shown = {"number": page["number"], "size": size, "total": len(items), "sort": sort}
    return {"items": items[first : first + size], "page": shown}


def refuse_unknown_field(name: str, known: Collection[str]) -> None:
    if name not in known:
        message = _("There is no such field; the fields are: %(fields)s.") % {
            "fields": ", ".join(known)
        }
        raise exceptions.ValidationError({"page": {"sort": {"field": [message]}}})

"""Tables that whole files are imported into and exported from, and what an import reports.

An app declares a `BulkTable`; its serializer brings the columns and the rules, so a file is held
to exactly what the API is held to. `energysys.imports` does the importing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from energysys.cells import is_number

HIDDEN = "••••••••"
# A file of so many rows is checked and written in seconds.
MAX_ROWS = 10_000


class Action(TextChoices):
    """What a row of the file does, or would do."""

    CREATE = "create", gettext_lazy("create")
    CHANGE = "change", gettext_lazy("change")
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    ERROR = "error", gettext_lazy("error")


@dataclass(frozen=True)
class Change:
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class CellError:
    """Why a row is refused: the column (empty: the whole row), its value, and a sentence."""

    column: str
    value: str
    detail: str
    code: str


@dataclass
class RowReport:
    row: int
    key: str
    action: Action = Action.UNCHANGED
    changes: list[Change] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)


def lock_rows(rows: Any, named: Mapping[str, set[str]], by: Any) -> Any:
    """The rows, locked until the transaction ends, in an order that all imports share."""
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True)


def nothing_together(rows: Sequence[Any]) -> Mapping[int, ValidationError]:
    return {}


def write_rows(new: Sequence[Any], changed: Sequence[Any], names: Sequence[str], by: Any) -> None:
    """Store the named fields of changed rows in one statement, then new rows in another.

    Triggers of a statement run once for all of its rows, and a new row may need what a changed one
    gives back.
    """
    if changed:
        update_rows(changed, names)
    if new:
        # Two imports that make the same rows wait for each other in one order only.
        type(new[0])._default_manager.bulk_create(new)


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """`bulk_update` in one statement: Django's compares every row with every other one."""
    meta = type(rows[0])._meta
    fields: list[Any] = [meta.pk, *map(meta.get_field, names)]
    quoted = connection.ops.quote_name
    columns = [quoted(one.column) for one in fields]
    # Without length and scale: a value that does not fit is refused, not cut.
    arrays = [f"%s::{one.db_type(connection).partition('(')[0]}[]" for one in fields]
    changes = ", ".join(f"{column} = given.{column}" for column in columns[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(meta.db_table)} AS stored SET {changes}"
            f" FROM unnest({', '.join(arrays)}) AS given ({', '.join(columns)})"
            f" WHERE stored.{columns[0]} = given.{columns[0]}",
            [
                [one.get_db_prep_save(getattr(row, one.attname), connection) for row in rows]
                for one in fields
            ],
        )


@dataclass(frozen=True)
class BulkTable:
    """A table that files are imported into, and what a file of it looks like.

    `rows` is a scoped queryset, `key` the column that names a row. `key_is_given` says that a key
    without a row makes one; otherwise an empty key does, and the database names the row.
    `most_filled` bounds the rows that may fill a column.

    A model's rules are asked in two steps: `check_alone` has those that one row is enough for,
    `check_together` those that take the database or other rows of the file, and gives refusals by
    the place of their row. `lock` fetches the stored rows so that nobody else writes them.
    """

    kind: str
    title: Promise
    rows: Any
    serializer: type[serializers.ModelSerializer[Any]]
    key: str
    columns: tuple[str, ...]
    key_is_given: bool = True
    most_filled: Mapping[str, int] = field(default_factory=dict)
    lock: Callable[[Any, Mapping[str, set[str]], Any], Any] = lock_rows
    check_alone: Callable[[Any], None] = models.Model.clean
    check_together: Callable[[Sequence[Any]], Mapping[int, ValidationError]] = nothing_together
    write: Callable[[Sequence[Any], Sequence[Any], Sequence[str], Any], None] = write_rows

    @property
    def model(self) -> type[models.Model]:
        return self.rows.model

    def serializer_for(self, by: Any, **context: Any) -> serializers.ModelSerializer[Any]:
        """A serializer of the columns; that a value is unique is left to the database."""
        request = SimpleNamespace(user=by)
        serializer = self.serializer(context={"request": request, **context})
        for name in set(serializer.fields) - set(self.columns):
            del serializer.fields[name]
        for bound in serializer.fields.values():
            bound.validators = [v for v in bound.validators if not isinstance(v, UniqueValidator)]
        return serializer

    def shown(self, row: models.Model, serializer: Any) -> dict[str, Any]:
        """The row's cells; what may only be written, such as a password, is empty."""
        values = serializer.to_representation(row)
        return {column: values.get(column, "") for column in self.columns}


@dataclass
class Report:
    """What an import did or would do, row by row."""

    table: BulkTable
    rows: list[RowReport]
    applied: bool = False

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.action for row in self.rows)
        return {action.value: found[action] for action in Action}

    @property
    def errors(self) -> list[tuple[RowReport, CellError]]:
        return [(row, error) for row in self.rows for error in row.errors]

    @property
    def writes(self) -> bool:
        return any(row.action in (Action.CREATE, Action.CHANGE) for row in self.rows)

    @property
    def digest(self) -> str:
        """Changes when any row would do something else."""
        told = repr([(row.row, row.action.value, row.changes, row.errors) for row in self.rows])
        return hashlib.sha256(told.encode(errors="replace")).hexdigest()


def bulk_export(table: BulkTable, by: Any) -> Iterator[list[Any]]:
    """The cells of every row that `by` may change, in the columns that an import takes."""
    return cells_of(table, table.rows.editable_by(by).order_by(table.key), by)


def cells_of(table: BulkTable, rows: Any, by: Any) -> Iterator[list[Any]]:
    serializer = table.serializer_for(by)
    numbers = {name for name in table.columns if is_number(serializer.fields[name])}
    for row in rows:
        cells = table.shown(row, serializer)
        yield [
            Decimal(str(value)) if name in numbers and value is not None else value
            for name, value in cells.items()
        ]

"""Bulk import and export: rows of a file become rows of a table, all of them or none.

An app declares a `BulkTable`; its serializer brings the columns, the rules and the writing, so a
file is held to exactly what the API is held to. Every row is really written, in one transaction,
and a dry run rolls it back: triggers, and sums over several rows of one file, have their say.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers

from energysys.api import as_api_exception, as_serializer_error, names_of, pointed
from energysys.clock import ISTANBUL
from energysys.sheets import Line, Sheet, plain

HIDDEN = "••••••••"
YES = {"true", "1", "yes", "y", "evet", "e", "doğru", "dogru"}
NO = {"false", "0", "no", "n", "hayır", "hayir", "h", "yanlış", "yanliş", "yanlis"}
TURKISH_TIME = re.compile(
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})[ T]+(?P<H>\d{1,2}):(?P<M>\d{2})(:(?P<S>\d{2}))?"
)
ONE_MARK = re.compile(r"(?P<head>-?\d+)(?P<mark>[.,])(?P<tail>\d+)")
GROUPED = re.compile(r"-?\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*(?P<rest>[.,]\d+)?")


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


@dataclass(frozen=True)
class BulkTable:
    """A table that files are imported into, and what a file of it looks like.

    `rows` is a scoped queryset, `key` the column that names a row. `key_is_given` says that a key
    without a row makes one; otherwise an empty key does, and the database names the row.
    """

    kind: str
    title: Promise
    rows: Any
    serializer: type[serializers.ModelSerializer[Any]]
    key: str
    columns: tuple[str, ...]
    key_is_given: bool = True
    max_rows: int = 2000

    @property
    def model(self) -> type[models.Model]:
        return self.rows.model

    def serializer_for(self, by: Any, **kwargs: Any) -> serializers.ModelSerializer[Any]:
        return self.serializer(context={"request": SimpleNamespace(user=by)}, **kwargs)

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
    serializer = table.serializer_for(by)
    numbers = {name for name in table.columns if is_number(serializer.fields[name])}
    for row in table.rows.editable_by(by).order_by(table.key):
        cells = table.shown(row, serializer)
        yield [
            Decimal(str(value)) if name in numbers and value is not None else value
            for name, value in cells.items()
        ]


def bulk_import(
    table: BulkTable, sheet: Sheet, by: Any, *, dry_run: bool, seen: str | None = None
) -> Report:
    """Write every row of the sheet on behalf of `by`, or none if one of them has an error.

    With `seen`, the digest of an earlier report, also none if a row would now do something else.
    Raises `ValidationError` if the sheet's columns or size are wrong.
    """
    refuse_columns(table, sheet)
    with transaction.atomic():
        report = Report(table, RowWriter(table, sheet, by).write())
        report.applied = not (dry_run or report.errors or (seen and seen != report.digest))
        if not report.applied:
            transaction.set_rollback(True)
    return report


def refuse_columns(table: BulkTable, sheet: Sheet) -> None:
    refusals = [
        _("There is no column “%(name)s”; the columns are %(columns)s.")
        % {"name": name, "columns": ", ".join(table.columns)}
        for name in sheet.columns
        if name not in table.columns
    ]
    if table.key_is_given and table.key not in sheet.columns:
        refusals.append(_("The column “%(name)s” is missing.") % {"name": table.key})
    if not sheet.lines:
        refusals.append(_("There is no row below the column names."))
    if len(sheet.lines) > table.max_rows:
        refusals.append(
            _("The file has %(count)s rows; at most %(limit)s are taken at once.")
            % {"count": len(sheet.lines), "limit": table.max_rows}
        )
    if refusals:
        raise ValidationError(refusals)


class RowWriter:
    """Writes the rows of one sheet inside the transaction of its caller."""

    def __init__(self, table: BulkTable, sheet: Sheet, by: Any) -> None:
        self.table, self.sheet, self.by = table, sheet, by
        self.fields = table.serializer_for(by).fields
        self.first_with_key: dict[str, int] = {}

    def write(self) -> list[RowReport]:
        """Rows in the order of the file; those refused once more, backwards.

        A row may need the room that a later one gives back.
        """
        self.stored = self.read_stored()
        reports = {line.number: self.write_line(line) for line in self.sheet.lines}
        for line in reversed(self.sheet.lines):
            if reports[line.number].action == Action.ERROR:
                reports[line.number] = self.write_line(line)
        return list(reports.values())

    def read_stored(self) -> dict[str, models.Model]:
        """The rows that the sheet names and `by` may change, locked until the transaction ends.

        Events are not: whoever writes one locks its plant first, and so do their services.
        """
        given = [line.cells.get(self.table.key, "").strip() for line in self.sheet.lines]
        column: Any = self.table.model._meta.get_field(self.table.key)
        keys = []
        for key in given:
            try:
                keys.append(column.to_python(key))
            except ValidationError:
                continue
        rows = self.table.rows.editable_by(self.by).filter(**{f"{self.table.key}__in": keys})
        if self.table.key_is_given:
            rows = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        return {str(getattr(row, self.table.key)): row for row in rows}

    def write_line(self, line: Line) -> RowReport:
        key = line.cells.get(self.table.key, "").strip()
        report = RowReport(line.number, key)
        stored = self.stored.get(key)
        report.errors = list(self.refusals(line, key, stored))
        if not report.errors:
            self.save(line, stored, report)
        if report.errors:
            report.action, report.changes = Action.ERROR, []
        return report

    def refusals(self, line: Line, key: str, stored: Any) -> Iterator[CellError]:
        """What is wrong with a line whatever its values are."""
        if line.surplus:
            yield CellError("", "", _("The row has more values than there are columns."), "surplus")
        if not key:
            return
        first = self.first_with_key.setdefault(key, line.number)
        if first != line.number:
            told = _("Row %(row)s is about the same one.") % {"row": first}
            yield CellError(self.table.key, key, told, "twice")
        if stored is None and not self.table.key_is_given:
            told = _("There is none with this key that you may change.")
            yield CellError(self.table.key, key, told, "unknown")

    def save(self, line: Line, stored: models.Model | None, report: RowReport) -> None:
        """Write what the line changes, and tell the report what that was."""
        serializer = self.table.serializer_for(self.by)
        before = self.table.shown(stored, serializer) if stored else {}
        given, report.errors = self.read_cells(line)
        old = {name: as_text(before.get(name)) for name in self.table.columns}
        if stored is not None:
            given = {name: value for name, value in given.items() if value != old[name]}
            if not given and not report.errors:
                return
        serializer = self.table.serializer_for(
            self.by,
            # A refused attempt leaves its values on the row, and there may be another one.
            instance=copy.copy(stored) if stored else None,
            data={name: self.value(name, text) for name, text in given.items()},
            partial=stored is not None,
        )
        try:
            with transaction.atomic():
                serializer.is_valid(raise_exception=True)
                saved = serializer.save() if not report.errors else None
        except Exception as error:
            known = {cell.column for cell in report.errors}
            told = self.cell_errors(line, error, serializer)
            report.errors += [cell for cell in told if cell.column not in known]
            return
        if saved is None:
            return
        after = self.table.shown(saved, serializer)
        report.action = Action.CHANGE if stored else Action.CREATE
        report.changes = list(self.changes(old, after, given))

    def read_cells(self, line: Line) -> tuple[dict[str, str], list[CellError]]:
        """The cells in the one way of writing that values are compared in."""
        given: dict[str, str] = {}
        errors = []
        for name, text in line.cells.items():
            if name == self.table.key and not self.table.key_is_given:
                continue
            bound = self.fields[name]
            if bound.write_only and not text:
                continue
            try:
                given[name] = canonical(bound, text, dot_is_decimal=self.sheet.dot_is_decimal)
            except ValidationError as error:
                errors.append(CellError(name, text, error.messages[0], "ambiguous"))
        return given, errors

    def value(self, name: str, text: str) -> Any:
        return None if text == "" and self.fields[name].allow_null else text

    def changes(self, old: dict[str, str], after: Any, given: Any) -> Iterator[Change]:
        for name in self.table.columns:
            if self.fields[name].write_only:
                if name in given:
                    yield Change(name, "", HIDDEN)
            elif name != self.table.key and as_text(after[name]) != old[name]:
                yield Change(name, old[name], as_text(after[name]))

    def cell_errors(self, line: Line, error: Exception, serializer: Any) -> Iterator[CellError]:
        if isinstance(error, ValidationError):
            error = as_serializer_error(error, names_of(serializer))
        refused = as_api_exception(error)
        if refused is None:
            raise error
        detail = refused.detail
        if not isinstance(refused, exceptions.ValidationError):
            detail = [detail]
        for told in pointed(detail):
            name = told["pointer"].strip("/").split("/")[0]
            hidden = name not in self.fields or self.fields[name].write_only
            value = "" if hidden else line.cells.get(name, "")
            yield CellError(name, value, told["detail"], told["code"])


def is_number(bound: serializers.Field[Any, Any, Any, Any]) -> bool:
    return isinstance(bound, serializers.DecimalField)


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)


def canonical(bound: Any, text: str, *, dot_is_decimal: bool) -> str:
    """The cell as the export writes it; what cannot be read stays for the serializer to refuse."""
    if is_number(bound):
        return canonical_number(text.strip(), dot_is_decimal=dot_is_decimal)
    if isinstance(bound, serializers.BooleanField):
        # `HAYIR` in small letters is `hayır` in Turkish and `hayir` elsewhere.
        word = text.strip().replace("İ", "i").lower()
        return "true" if word in YES else "false" if word in NO else text
    if isinstance(bound, serializers.DateTimeField):
        return canonical_time(text.strip())
    return text


def canonical_number(text: str, *, dot_is_decimal: bool) -> str:
    """`1.200,5`, `1,200.5` and `1200,5` alike; refuses `1.200` where it may be 1200 or 1.2."""
    found = ONE_MARK.fullmatch(text)
    if found and not (dot_is_decimal and found["mark"] == "."):
        head, tail = found["head"], found["tail"]
        if len(tail) == 3 and len(head.lstrip("-")) <= 3 and head.lstrip("-")[0] != "0":
            raise ValidationError(
                _("“%(text)s” can be read in two ways: write %(whole)s or %(parts)s.")
                % {"text": text, "whole": head + tail, "parts": f"{head}{found['mark']}{tail}0"}
            )
    if found:
        text = f"{found['head']}.{found['tail']}"
    elif (grouped := GROUPED.fullmatch(text)) and not (grouped["rest"] or "").startswith(
        grouped["mark"]
    ):
        rest = grouped["rest"] or ""
        whole = text[: len(text) - len(rest)]
        text = whole.replace(grouped["mark"], "") + rest.replace(",", ".")
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return plain(number) if number.is_finite() and abs(number.adjusted()) < 30 else text


def canonical_time(text: str) -> str:
    """ISO 8601 with an offset, or `22.11.2026 16:20` as Turkish time, in Turkish time."""
    if found := TURKISH_TIME.fullmatch(text):
        parts = {name: int(value or 0) for name, value in found.groupdict().items()}
        try:
            time = dt.datetime(
                parts["y"], parts["m"], parts["d"], parts["H"], parts["M"], parts["S"],
                tzinfo=ISTANBUL,
            )  # fmt: skip
        except ValueError:
            return text
        return time.isoformat()
    try:
        given = parse_datetime(text)
        return given.astimezone(ISTANBUL).isoformat() if given and given.tzinfo else text
    except (ValueError, OverflowError):
        return text

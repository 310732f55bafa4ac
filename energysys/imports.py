"""Bulk import: rows of a file become rows of a table, all of them or none.

Rows are checked one by one in Python and written together: a statement for all that change, one
for all that are new, in a transaction that a dry run rolls back. So triggers, and sums over
several rows of one file, have their say; where the database refuses, halving finds the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, UniqueConstraint
from django.utils.translation import gettext as _
from rest_framework import exceptions

from energysys.api import as_api_exception, as_serializer_error, names_of, pointed
from energysys.bulk import HIDDEN, MAX_ROWS, Action, BulkTable, CellError, Change, Report, RowReport
from energysys.cells import as_text, canonical, is_storable
from energysys.sheet_reading import Line, Sheet


def bulk_import(
    table: BulkTable, sheet: Sheet, by: Any, *, dry_run: bool, seen: str | None = None
) -> Report:
    """Write every row of the sheet on behalf of `by`, or none if one of them has an error.

    With `seen`, the digest of an earlier report, also none if a row would now do something else.
    Raises `ValidationError` if the sheet's columns or size are wrong.
    """
    refuse_columns(table, sheet)
    with transaction.atomic():
        # Triggers planned when the tables were small would read all of them for each row.
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
        report = Report(table, RowWriter(table, sheet, by, dry_run=dry_run).write())
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
    if len(sheet.lines) > MAX_ROWS:
        refusals.append(
            _("The file has %(count)s rows; at most %(limit)s are taken at once.")
            % {"count": len(sheet.lines), "limit": MAX_ROWS}
        )
    for name, limit in table.most_filled.items():
        count = sum(1 for line in sheet.lines if line.cells.get(name))
        if count > limit:
            refusals.append(
                _("%(count)s rows fill “%(name)s”; at most %(limit)s may do so in one file.")
                % {"count": count, "name": name, "limit": limit}
            )
    if refusals:
        raise ValidationError(refusals)


@dataclass
class Row:
    """A line of the sheet on its way into the table: `new` is the row as it would be stored."""

    line: Line
    report: RowReport
    stored: Any = None
    old: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    new: Any = None


class RowWriter:
    """Writes the rows of one sheet inside the transaction of its caller."""

    def __init__(self, table: BulkTable, sheet: Sheet, by: Any, *, dry_run: bool) -> None:
        self.table, self.sheet, self.by = table, sheet, by
        self.serializer: Any = table.serializer_for(by, check=self.check, dry_run=dry_run)
        self.fields = self.serializer.fields
        self.written_fields: list[str] = [
            str(bound.source)
            for bound in self.fields.values()
            if not bound.read_only and bound.field_name != table.key
        ]
        self.first_with_key: dict[str, int] = {}
        self.has_looked_again = False

    def write(self) -> list[RowReport]:
        """Check and write all rows; those that the database refuses once more, backwards.

        A row may need what a later one gives back.
        """
        named = {name: self.named(name) for name in self.sheet.columns}
        self.stored = self.read_stored(named)
        for name, values in named.items():
            bound: Any = self.fields[name]
            if hasattr(bound, "look_up"):
                bound.look_up(values)
        rows = [self.read_line(line) for line in self.sheet.lines]
        whole = [row for row in rows if row.new is not None]
        refusals = self.table.check_together([row.new for row in whole])
        for place, refusal in refusals.items():
            self.refuse(whole[place], refusal)
        for row in reversed(self.write_together([row for row in whole if not row.report.errors])):
            row.report.errors.clear()
            self.write_together([row])
        for row in whole:
            self.tell(row)
        return [row.report for row in rows]

    def named(self, column: str) -> set[str]:
        """What the sheet has in a column, as far as a database can hold it."""
        given = (line.cells.get(column, "").strip() for line in self.sheet.lines)
        return {text for text in given if text and is_storable(text)}

    def read_stored(self, named: dict[str, set[str]]) -> dict[str, models.Model]:
        """The rows that the sheet names and `by` may change, locked until the transaction ends."""
        column: Any = self.table.model._meta.get_field(self.table.key)
        keys = []
        for key in named.get(self.table.key, ()):
            try:
                keys.append(column.to_python(key))
            except ValidationError:
                continue
        rows = self.table.rows.editable_by(self.by).filter(**{f"{self.table.key}__in": keys})
        return {
            str(getattr(row, self.table.key)): row for row in self.table.lock(rows, named, self.by)
        }

    def read_line(self, line: Line) -> Row:
        """The line as a row, `new` where it would write something and has no error by itself."""
        key = line.cells.get(self.table.key, "").strip()
        row = Row(line, RowReport(line.number, key), self.stored.get(key))
        row.report.errors = list(self.refusals(line, key))
        if row.stored is None and key and not self.table.key_is_given:
            told = _("There is none with this key that you may change.")
            row.report.errors.append(CellError(self.table.key, key, told, "unknown"))
        else:
            self.validate(row)
        if row.report.errors:
            row.report.action, row.new = Action.ERROR, None
        return row

    def refusals(self, line: Line, key: str) -> Iterator[CellError]:
        """What is wrong with a line whatever its values are."""
        if line.surplus:
            yield CellError("", "", _("The row has more values than there are columns."), "surplus")
        first = self.first_with_key.setdefault(key, line.number)
        if key and first != line.number:
            told = _("Row %(row)s is about the same one.") % {"row": first}
            yield CellError(self.table.key, key, told, "twice")

    def validate(self, row: Row) -> None:
        given, errors = self.read_cells(row.line)
        row.report.errors += errors
        before = self.table.shown(row.stored, self.serializer) if row.stored else {}
        row.old = {name: as_text(before.get(name)) for name in self.table.columns}
        if row.stored is not None:
            given = {name: value for name, value in given.items() if value != row.old[name]}
            if not given:
                return
        row.given = given
        serializer = self.serializer
        serializer.instance, serializer.partial = row.stored, row.stored is not None
        serializer.initial_data = {name: self.value(name, text) for name, text in given.items()}
        try:
            serializer.run_validation(serializer.initial_data)
        except Exception as error:
            self.refuse(row, error)
        else:
            row.new = self.checked

    def check(self, candidate: Any) -> None:
        """What a row is held to by itself; relations were looked up already."""
        relations = {one.name for one in candidate._meta.fields if one.is_relation}
        errors: Any = {}
        for rule in (
            lambda: candidate.clean_fields(exclude=relations),
            lambda: self.table.check_alone(candidate),
        ):
            try:
                rule()
            except ValidationError as refusal:
                errors = refusal.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)
        self.checked = candidate

    def write_together(self, rows: Sequence[Row]) -> list[Row]:
        """Write rows at once, or as many as the database takes; return those that it refuses."""
        if not rows:
            return []
        new = sorted((row for row in rows if row.stored is None), key=lambda row: row.report.key)
        changed = [row.new for row in rows if row.stored is not None]
        try:
            with transaction.atomic():
                self.table.write([row.new for row in new], changed, self.written_fields, self.by)
        except Exception as error:
            if as_api_exception(error) is None:
                raise
            if self.table.key_is_given and not self.has_looked_again:
                return self.write_together(self.still_free(rows))
            if len(rows) > 1:
                middle = len(rows) // 2
                refused = self.write_together(rows[:middle])
                return refused + self.write_together(rows[middle:])
            self.refuse(rows[0], self.in_words(rows[0].new, error))
            return list(rows)
        return []

    def still_free(self, rows: Sequence[Row]) -> list[Row]:
        """Rows but for those that somebody else has made since we looked, which are refused.

        The same file may be on its way twice, and halving would take a minute to find all of them.
        """
        self.has_looked_again = True
        key, model = self.table.key, self.table.model
        new = [row for row in rows if row.stored is None]
        keys = [getattr(row.new, key) for row in new]
        stored = model._default_manager.filter(**{f"{key}__in": keys})
        taken = {str(name) for name in stored.values_list(key, flat=True)}
        for row in new:
            if row.report.key in taken:
                told = row.new.unique_error_message(model, (key,))
                self.refuse(row, ValidationError({key: told}))
        return [row for row in rows if not row.report.errors]

    def in_words(self, row: Any, error: Exception) -> Exception:
        """What the model itself says of a row that the database has refused."""
        diagnostic: Any = getattr(error.__cause__, "diag", None)
        for constraint in row._meta.constraints:
            if isinstance(error, IntegrityError) and constraint.name == diagnostic.constraint_name:
                names = names_in(constraint)
                if len(names) == 1:
                    told = constraint.get_violation_error_message()
                    return ValidationError({names[0]: ValidationError(told, code="unique")})
        try:
            row.full_clean()
        except ValidationError as refusal:
            return refusal
        return error

    def refuse(self, row: Row, error: Exception) -> None:
        known = {cell.column for cell in row.report.errors}
        told = self.cell_errors(row.line, error)
        row.report.errors += [cell for cell in told if cell.column not in known]
        row.report.action = Action.ERROR

    def tell(self, row: Row) -> None:
        """Put into the report what the row changes, unless it is refused."""
        if row.report.errors:
            return
        after = self.table.shown(row.new, self.serializer)
        row.report.action = Action.CHANGE if row.stored else Action.CREATE
        row.report.changes = list(self.changes(row.old, after, row.given))

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

    def cell_errors(self, line: Line, error: Exception) -> Iterator[CellError]:
        if isinstance(error, ValidationError):
            error = as_serializer_error(error, names_of(self.serializer))
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


def names_in(constraint: models.BaseConstraint) -> list[str]:
    """The fields in the expressions of a unique constraint."""
    if not isinstance(constraint, UniqueConstraint):
        return []
    expressions: Any = constraint.expressions
    parts = (part for one in expressions for part in one.flatten())
    return [part.name for part in parts if isinstance(part, F)]

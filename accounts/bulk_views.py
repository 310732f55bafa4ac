"""The page of bulk imports: choose a file, read what it would do, apply it.

The file goes back to the reader's browser with the preview and comes again with the confirmation,
so the server keeps nothing in between. It is checked anew, and applied only if it would still do
what the preview said.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import can_create, signed_in
from accounts.bulk_api import file_answer
from accounts.idempotency import confirmation
from accounts.models import User
from energysys.bulk import MAX_ROWS, BulkTable, Report
from energysys.imports import bulk_import
from energysys.sheet_reading import MAX_FILE_BYTES, Sheet, read_sheet
from energysys.sheets import WRITERS

# A page of more rows helps nobody; the errors always come first and are all shown.
SHOWN_ROWS = 200
CONFIRMATION = re.compile("[0-9a-f]{32}")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=format_lazy(
            gettext_lazy("CSV or XLSX, at most {kib} KiB."), kib=MAX_FILE_BYTES // 1024
        ),
        widget=forms.FileInput({"accept": ".csv,.txt,.xlsx"}),
    )


def permitted(request: HttpRequest, table: BulkTable) -> User:
    person = signed_in(request)
    if not can_create(person, table.model):
        raise PermissionDenied
    return person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, table: BulkTable) -> HttpResponse:
    person = permitted(request, table)
    context: dict[str, Any] = {"table": table, "form": UploadForm(), "max_rows": MAX_ROWS}
    if request.method != "POST":
        return render(request, "accounts/import.html", context)
    form = context["form"] = UploadForm(request.POST, request.FILES)
    is_confirmed = "seen" in request.POST
    report: Report | None
    try:
        content = carried(request) if is_confirmed else uploaded(form)
        sheet = read_sheet(content)
        if not is_confirmed:
            report = bulk_import(table, sheet, person, dry_run=True)
        elif (report := apply(request, table, sheet, person)) is None:
            return redirect(request.path)
    except ValidationError as refusal:
        # With a confirmation no file is chosen, and none is missed.
        form.errors.clear()
        form.add_error("file", refusal)
        return render(request, "accounts/import.html", context, status=422)
    context |= preview(report, content) | {"is_stale": is_confirmed, "form": UploadForm()}
    return render(request, "accounts/import.html", context, status=422 if report.errors else 200)


def apply(request: HttpRequest, table: BulkTable, sheet: Sheet, person: User) -> Report | None:
    """Import what the preview showed, once however often its button is pressed.

    A report comes back when the file would now do something else, and nothing was done.
    """
    report = None
    with confirmation(person, request.POST["once"]) as answer:
        if not answer.body:
            seen = request.POST["seen"]
            report = bulk_import(table, sheet, person, dry_run=False, seen=seen)
            answer.body = applied_sentence(report) if report.applied else ""
    if answer.body:
        messages.success(request, answer.body)
        return None
    return report


def uploaded(form: UploadForm) -> bytes:
    if not form.is_valid():
        raise ValidationError(form.errors.as_data()["file"])
    content: bytes = form.cleaned_data["file"].read()
    return content


def carried(request: HttpRequest) -> bytes:
    """The file that a preview gave the browser to keep, with all that came beside it."""
    try:
        if not (request.POST["seen"] and CONFIRMATION.fullmatch(request.POST.get("once", ""))):
            raise ValueError
        return base64.b64decode(request.POST.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError(_("The file has been lost on the way. Choose it again.")) from None


def preview(report: Report, content: bytes) -> dict[str, Any]:
    wrong = [row for row in report.rows if row.errors]
    others = [row for row in report.rows if not row.errors and row.changes]
    return {
        "report": report,
        "wrong_rows": wrong,
        "shown_rows": others[:SHOWN_ROWS],
        "more_rows": max(0, len(others) - SHOWN_ROWS),
        "content": base64.b64encode(content).decode(),
        "once": secrets.token_hex(16),
    }


def applied_sentence(report: Report) -> str:
    created, changed = report.counts["create"], report.counts["change"]
    return " ".join(
        (
            ngettext("%(n)s row created.", "%(n)s rows created.", created) % {"n": created},
            ngettext("%(n)s row changed.", "%(n)s rows changed.", changed) % {"n": changed},
        )
    )


class ListFileMixin:
    """A list that is also a file: `format=csv` or `xlsx` gives all rows that its filter leaves.

    They come as the list sorts them, in the columns that an import takes.
    """

    table: BulkTable
    request: HttpRequest

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET.get("format")
        if chosen is None:
            answer: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
            return answer
        if chosen not in WRITERS:
            raise Http404
        rows = self.get_queryset()  # type: ignore[attr-defined]
        return file_answer(self.table, chosen, signed_in(request), rows)


@require_safe
def export_file(request: HttpRequest, table: BulkTable, chosen: str) -> HttpResponse:
    person = permitted(request, table)
    if chosen not in WRITERS:
        raise Http404
    rows = table.rows.editable_by(person).order_by(table.key)
    return file_answer(table, chosen, person, rows)


def routes(table: BulkTable) -> list[URLPattern]:
    """`{kind}/import/` and `{kind}/export.csv|xlsx` of one table."""
    kind = {"table": table}
    return [
        path(f"{table.kind}/import/", import_page, kind, name=f"import_{table.kind}"),
        path(f"{table.kind}/export.<str:chosen>", export_file, kind, name=f"export_{table.kind}"),
    ]

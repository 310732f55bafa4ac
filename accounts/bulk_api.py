"""Bulk import and export in the API; each app adds its tables under `imports/` and `exports/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, parsers, permissions, renderers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import can_create, signed_in
from accounts.scoped_api import ReplayMixin
from energysys.api import refuse_unknown_parameters
from energysys.bulk import Action, BulkTable, Report, cells_of
from energysys.imports import bulk_import
from energysys.sheet_reading import MAX_FILE_BYTES, read_sheet
from energysys.sheets import CSV, CSV_TYPE, MEDIA_TYPES, WRITERS, XLSX, XLSX_TYPE


class SheetParser(parsers.BaseParser):
    """The body is the file; no more of it is read than a file may have."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read(MAX_FILE_BYTES + 1)


class CsvParser(SheetParser):
    media_type = CSV_TYPE


class XlsxParser(SheetParser):
    media_type = XLSX_TYPE


class SheetRenderer(renderers.BaseRenderer):
    """Lets the view answer with a file that is already written."""

    charset = None
    render_style = "binary"

    def render(self, data: Any, media: Any = None, context: Any = None) -> Any:
        return data


class CsvFileRenderer(SheetRenderer):
    media_type, format = CSV_TYPE, CSV


class XlsxFileRenderer(SheetRenderer):
    media_type, format = XLSX_TYPE, XLSX


class ChangeSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    before = serializers.CharField(help_text="As the export writes it; empty for a new row.")
    after = serializers.CharField()


class CellErrorSerializer(serializers.Serializer[Any]):
    column = serializers.CharField(help_text="Empty when the row as a whole is refused.")
    value = serializers.CharField()
    detail = serializers.CharField(help_text="A sentence in the reader's language.")
    code = serializers.CharField(help_text="The same in every language.")


class RowReportSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="As a spreadsheet counts: the column names are row 1.")
    key = serializers.CharField()
    action = serializers.ChoiceField(choices=Action.choices)
    changes = ChangeSerializer(many=True)
    errors = CellErrorSerializer(many=True)  # type: ignore[assignment]


class CountsSerializer(serializers.Serializer[Any]):
    create = serializers.IntegerField()  # type: ignore[assignment]
    change = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    error = serializers.IntegerField()


class ReportSerializer(serializers.Serializer[Any]):
    """What an import did, or would do."""

    applied = serializers.BooleanField(help_text="False after a dry run.")
    counts = CountsSerializer()
    rows = RowReportSerializer(many=True)


class MayImport(permissions.BasePermission):
    """A Super Admin everything, an Admin what Admins make themselves."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return can_create(signed_in(request), view.table.model)  # type: ignore[attr-defined]


class BulkView(APIView):
    permission_classes = (permissions.IsAuthenticated, MayImport)
    table: BulkTable


class ImportView(ReplayMixin, BulkView):
    """Import rows from a CSV or XLSX file: all of them, or none and every error."""

    parser_classes = (parsers.MultiPartParser, CsvParser, XlsxParser)

    def post(self, request: Request) -> Response:
        dry_run = wants_dry_run(request)
        report = bulk_import(
            self.table, read_sheet(sent_file(request)), signed_in(request), dry_run=dry_run
        )
        if report.errors and not dry_run:
            raise exceptions.ValidationError(as_problem(report))
        return Response(ReportSerializer(report).data)


class ExportView(BulkView):
    """The rows that one may change, in a file that an import takes and finds unchanged."""

    renderer_classes = (CsvFileRenderer, XlsxFileRenderer)

    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, set())
        chosen = request.accepted_renderer.format
        person = signed_in(request)
        rows = self.table.rows.editable_by(person).order_by(self.table.key)
        return file_answer(self.table, chosen, person, rows)


def file_answer(table: BulkTable, chosen: str, by: Any, rows: Any) -> HttpResponse:
    content = WRITERS[chosen](table.columns, cells_of(table, rows, by))
    response = HttpResponse(content, content_type=MEDIA_TYPES[chosen])
    response["Content-Disposition"] = f'attachment; filename="{table.kind}.{chosen}"'
    return response


def wants_dry_run(request: Request) -> bool:
    refuse_unknown_parameters(request, {"dry_run"})
    text = request.query_params.get("dry_run", "false").lower()
    if text not in ("true", "false"):
        raise exceptions.ValidationError({"dry_run": [_("Write true or false.")]})
    return text == "true"


def sent_file(request: Request) -> bytes:
    if isinstance(request.data, bytes):
        return request.data
    found = request.FILES.get("file")
    if found is None:
        raise exceptions.ValidationError({"file": [_("Send the file in the field “file”.")]})
    content: bytes = found.read()
    return content


def as_problem(report: Report) -> dict[str, Any]:
    """Every error under its row and column: the pointer of `affected_mw` in row 3 names both."""
    rows: dict[str, dict[str, list[Any]]] = {}
    for row, error in report.errors:
        column = error.column or "row"
        told = exceptions.ErrorDetail(error.detail, error.code)
        rows.setdefault(str(row.row), {}).setdefault(column, []).append(told)
    return {"rows": rows}


def routes(table: BulkTable) -> list[URLPattern]:
    """`imports/{kind}/` and `exports/{kind}/` of one table, described in the schema."""
    dry_run = OpenApiParameter(
        "dry_run", OpenApiTypes.BOOL, description="Only say what would happen; false by default."
    )
    upload = {
        "multipart/form-data": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "contentMediaType": "text/csv"}},
        },
        CSV_TYPE: {"type": "string"},
        XLSX_TYPE: {"type": "string", "contentMediaType": XLSX_TYPE},
    }
    importing: Any = extend_schema_view(
        post=extend_schema(
            operation_id=f"import_{table.kind}",
            parameters=[dry_run],
            request=upload,
            responses={200: ReportSerializer},
        )
    )(type("Import", (ImportView,), {"table": table, "__doc__": ImportView.__doc__}))
    exporting: Any = extend_schema_view(
        get=extend_schema(
            operation_id=f"export_{table.kind}",
            parameters=[OpenApiParameter("format", enum=[CSV, XLSX])],
            responses={(200, CSV_TYPE): OpenApiTypes.STR, (200, XLSX_TYPE): OpenApiTypes.BINARY},
        )
    )(type("Export", (ExportView,), {"table": table, "__doc__": ExportView.__doc__}))
    return [
        path(f"imports/{table.kind}/", importing.as_view(), name=f"api-import-{table.kind}"),
        path(f"exports/{table.kind}/", exporting.as_view(), name=f"api-export-{table.kind}"),
    ]

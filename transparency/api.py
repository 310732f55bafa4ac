"""The hourly series to machines: JSON and CSV, written by PostgreSQL, cut by `start` and `end`."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, cast

from django import forms
from django.core.cache import cache
from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import exceptions, renderers, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.conditional import answer_tag, is_known, not_modified, with_tag
from accounts.models import User
from accounts.tenancy import acting_as, while_unchanged
from assets.models import FuelType, Organization
from energysys.api import refuse_unknown_parameters
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.filters import AwareDateTimeField
from energysys.renderers import CsvRenderer, XlsxRenderer, write_xlsx
from energysys.sheets import SHEET_ROWS, SheetFullError
from transparency import series, texts
from transparency.codes import Codes
from transparency.filters import visible_scope
from transparency.series import Span
from transparency.texts import Series

# Up to here one text is quicker than a stream.
WHOLE_ROWS = 5000


class SpanForm(forms.Form):
    """`[start, end)`; today and tomorrow in Turkish time where they are not given."""

    start = AwareDateTimeField(required=False)
    end = AwareDateTimeField(required=False)
    shape = forms.ChoiceField(choices=[(name, name) for name in texts.TEXTS], required=False)

    def clean(self) -> dict[str, Any]:
        wanted = self.cleaned_data
        today = turkish_date(timezone.now())
        wanted["start"] = wanted.get("start") or turkish_midnight(today)
        wanted["end"] = wanted.get("end") or max(
            turkish_midnight(today + 2 * DAY), wanted["start"] + DAY
        )
        if wanted["end"] <= wanted["start"]:
            self.add_error("end", _("The end lies after the start."))
        return wanted

    def span(self, at: dt.datetime) -> Span:
        if not self.is_valid():
            errors: dict[str, Any] = dict(self.errors)
            raise exceptions.ValidationError(errors)
        return Span(self.cleaned_data["start"], self.cleaned_data["end"], at)


class GenerationForm(SpanForm):
    """The same, cut to plants that the person sees."""

    plant = forms.MultipleChoiceField(required=False)
    organization = forms.CharField(required=False)
    fuel_type = forms.MultipleChoiceField(choices=FuelType.choices, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = cast("QueryDict", self.data).getlist("plant")
        # One query answers which plants there are for this person, and which of them are wanted.
        self.plants = series.plants(visible_scope(user), named)
        self.user = user
        field = self.fields["plant"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(eic, eic) for _pk, eic, _fuel, _organization in self.plants]

    def clean_organization(self) -> str:
        wanted: str = self.cleaned_data["organization"]
        if wanted and all(wanted != organization for *_plant, organization in self.plants):
            # An organization without plants is one all the same.
            known = Organization.objects.visible_to(self.user)
            if not known.filter(eic=wanted).exists():
                raise forms.ValidationError(_("You see no organization with this EIC."))
        return wanted

    def plant_ids(self) -> list[int]:
        wanted = self.cleaned_data
        return [
            pk
            for pk, eic, fuel_type, organization in self.plants
            if (not wanted["plant"] or eic in wanted["plant"])
            and (not wanted["organization"] or organization == wanted["organization"])
            and (not wanted["fuel_type"] or fuel_type in wanted["fuel_type"])
        ]


class SeriesView(APIView):
    """Every published hour of the span, whole."""

    renderer_classes = (renderers.JSONRenderer, CsvRenderer, XlsxRenderer)

    def form(self, request: Request) -> SpanForm:
        return SpanForm(request.query_params)

    def read(self, form: Any, span: Span) -> tuple[Series, int]:
        """The series, and at most how many rows it has."""
        raise NotImplementedError

    def get(self, request: Request) -> HttpResponseBase:
        at = timezone.now()
        tag = answer_tag(request, at)
        # Many ask for the same again; what has the same tag was checked, and is the same text.
        if (kept := cache.get(tag)) is not None:
            known = HttpResponse(kept, "application/json")
            return not_modified(tag) if is_known(request, tag) else with_tag(known, tag)
        form = self.form(request)
        refuse_unknown_parameters(request, set(form.fields))
        span = form.span(at)
        if is_known(request, tag):
            return not_modified(tag)
        rows, most = self.read(form, span)
        answer = self.answer(request, rows, most, form.cleaned_data["shape"] or "rows")
        if isinstance(answer, HttpResponse):
            cache.set(tag, answer.content)
        return with_tag(answer, tag)

    def answer(self, request: Request, rows: Series, most: int, shape: str) -> HttpResponseBase:
        match request.accepted_renderer.format:
            case CsvRenderer.format:
                return self.stream(request, texts.stream_csv(rows), "text/csv; charset=utf-8")
            case XlsxRenderer.format:
                return sheet_of(rows)
        if most <= WHOLE_ROWS:
            return HttpResponse(envelope(texts.json_text(rows, shape)), "application/json")
        return self.stream(request, stream_envelope(rows, shape), "application/json")

    def stream(self, request: Request, body: Iterator[Any], media: str) -> StreamingHttpResponse:
        def scoped() -> Iterator[Any]:
            # The body is sent after the middleware has gone back to seeing nothing.
            with acting_as(signed_in(request)):
                yield from while_unchanged(signed_in(request), body)

        return StreamingHttpResponse(scoped(), content_type=media)


def envelope(rows: str) -> str:
    return f'{{"next":null,"previous":null,"results":{rows}}}'


def stream_envelope(rows: Series, shape: str) -> Iterator[str]:
    yield '{"next":null,"previous":null,"results":'
    yield from texts.stream_json(rows, shape)
    yield "}"


def sheet_of(rows: Series) -> FileResponse:
    """A workbook, written to a file that goes with the answer; 400 past the end of a sheet."""
    with ExitStack() as files:
        file = files.enter_context(tempfile.TemporaryFile())
        try:
            write_xlsx(file, rows.columns, texts.stream_rows(rows))
        except SheetFullError as error:
            message = _("A sheet ends at %(rows)s rows. Ask for a shorter span, or for CSV.")
            refusal = message % {"rows": SHEET_ROWS}
            raise exceptions.ValidationError({"format": [refusal]}) from error
        file.seek(0)
        files.pop_all()  # The answer closes it when it is sent.
    return FileResponse(file, content_type=XlsxRenderer.media_type)


def hours_in(span: Span) -> int:
    return int((span.end - span.start) / HOUR) + 1


SPAN_PARAMETERS = [
    OpenApiParameter("start", OpenApiTypes.DATETIME, description="From this instant on."),
    OpenApiParameter("end", OpenApiTypes.DATETIME, description="Up to, not including."),
    OpenApiParameter(
        "shape",
        enum=list(texts.TEXTS),
        description="`arrays` gives one object a plant with an array for each column.",
    ),
]


def rows_schema(name: str, **fields: serializers.Field[Any, Any, Any, Any]) -> Any:
    """The envelope of a series with these row fields, for the schema."""
    row = inline_serializer(f"{name}Row", {"timestamp": serializers.DateTimeField(), **fields})
    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializers.ListField(child=row),
        },
    )


def number() -> serializers.FloatField:
    return serializers.FloatField(allow_null=True)


class Prices(SeriesView):
    @extend_schema(
        parameters=SPAN_PARAMETERS, responses=rows_schema("Prices", ptf=number(), smf=number())
    )
    def get(self, request: Request) -> HttpResponseBase:
        """PTF and SMF by hour, TL/MWh."""
        return super().get(request)

    def read(self, form: SpanForm, span: Span) -> tuple[Series, int]:
        return texts.price_series(span), hours_in(span)


class Consumption(SeriesView):
    @extend_schema(
        parameters=SPAN_PARAMETERS,
        responses=rows_schema("Consumption", actual_mwh=number(), forecast_mwh=number()),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """National consumption and its day-ahead forecast by hour, MWh."""
        return super().get(request)

    def read(self, form: SpanForm, span: Span) -> tuple[Series, int]:
        return texts.consumption_series(span), hours_in(span)


class Generation(SeriesView):
    def form(self, request: Request) -> SpanForm:
        return GenerationForm(request.query_params, user=signed_in(request))

    @extend_schema(
        parameters=[
            *SPAN_PARAMETERS,
            OpenApiParameter("plant", str, many=True, description="EIC, repeatable."),
            OpenApiParameter("organization", str, description="EIC."),
            OpenApiParameter("fuel_type", str, many=True, enum=FuelType.values),
        ],
        responses=rows_schema(
            "Generation",
            plant=serializers.CharField(),
            fuel_type=serializers.ChoiceField(FuelType.choices),
            installed_capacity_mw=number(),
            planned_mwh=number(),
            actual_mwh=number(),
            settlement_mwh=number(),
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Planned, actual and settled generation by plant and hour, MWh."""
        return super().get(request)

    def read(self, form: GenerationForm, span: Span) -> tuple[Series, int]:
        plants = form.plant_ids()
        return texts.generation_series(span, plants), len(plants) * hours_in(span)


urlpatterns = [
    path("codes/", Codes.as_view(), name="api-codes"),
    path("prices/", Prices.as_view(), name="api-prices"),
    path("consumption/", Consumption.as_view(), name="api-consumption"),
    path("generation/", Generation.as_view(), name="api-generation"),
]

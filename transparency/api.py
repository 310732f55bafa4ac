"""The hourly series to machines: JSON and CSV, written by PostgreSQL, cut by `start` and `end`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import exceptions, renderers, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import User
from accounts.tenancy import acting_as
from assets.models import FuelType, Organization, PowerPlant
from energysys.api import refuse_unknown_parameters
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.filters import AwareDateTimeField
from energysys.renderers import CsvRenderer
from transparency import series
from transparency.series import Series, Span

# Up to here one text is quicker than a stream.
WHOLE_ROWS = 5000


class SpanForm(forms.Form):
    """`[start, end)`; today and tomorrow in Turkish time where they are not given."""

    start = AwareDateTimeField(required=False)
    end = AwareDateTimeField(required=False)

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

    def span(self) -> Span:
        if not self.is_valid():
            errors: dict[str, Any] = dict(self.errors)
            raise exceptions.ValidationError(errors)
        return Span(self.cleaned_data["start"], self.cleaned_data["end"], timezone.now())


class GenerationForm(SpanForm):
    plant = forms.ModelMultipleChoiceField(
        PowerPlant.objects.none(), to_field_name="eic", required=False
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(), to_field_name="eic", required=False
    )
    fuel_type = forms.MultipleChoiceField(choices=FuelType.choices, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plants = PowerPlant.objects.visible_to(user)
        for name, queryset in (
            ("plant", self.plants),
            ("organization", Organization.objects.visible_to(user)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def plant_ids(self) -> list[int]:
        wanted = self.cleaned_data
        plants = self.plants
        if wanted["plant"]:
            plants = plants.filter(pk__in=wanted["plant"])
        if wanted["organization"]:
            plants = plants.filter(organization=wanted["organization"])
        if wanted["fuel_type"]:
            plants = plants.filter(fuel_type__in=wanted["fuel_type"])
        return list(plants.values_list("pk", flat=True))


class SeriesView(APIView):
    """Every published hour of the span, whole."""

    renderer_classes = (renderers.JSONRenderer, CsvRenderer)

    def form(self, request: Request) -> SpanForm:
        return SpanForm(request.query_params)

    def read(self, form: Any, span: Span) -> tuple[Series, int]:
        """The series, and at most how many rows it has."""
        raise NotImplementedError

    def get(self, request: Request) -> HttpResponseBase:
        form = self.form(request)
        refuse_unknown_parameters(request, set(form.fields))
        rows, most = self.read(form, form.span())
        if request.accepted_renderer.format == CsvRenderer.format:
            return self.stream(request, series.stream_csv(rows), "text/csv; charset=utf-8")
        if most <= WHOLE_ROWS:
            return HttpResponse(envelope(series.json_rows(rows)), "application/json")
        return self.stream(request, stream_envelope(rows), "application/json")

    def stream(self, request: Request, body: Iterator[Any], media: str) -> StreamingHttpResponse:
        def scoped() -> Iterator[Any]:
            # The body is sent after the middleware has gone back to seeing nothing.
            with acting_as(signed_in(request)):
                yield from body

        return StreamingHttpResponse(scoped(), content_type=media)


def envelope(rows: str) -> str:
    return f'{{"next": null, "previous": null, "results": {rows}}}'


def stream_envelope(rows: Series) -> Iterator[str]:
    yield '{"next": null, "previous": null, "results": '
    yield from series.stream_json(rows)
    yield "}"


def hours_in(span: Span) -> int:
    return int((span.end - span.start) / HOUR) + 1


SPAN_PARAMETERS = [
    OpenApiParameter("start", OpenApiTypes.DATETIME, description="From this instant on."),
    OpenApiParameter("end", OpenApiTypes.DATETIME, description="Up to, not including."),
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
        return series.price_series(span), hours_in(span)


class Consumption(SeriesView):
    @extend_schema(
        parameters=SPAN_PARAMETERS,
        responses=rows_schema("Consumption", actual_mwh=number(), forecast_mwh=number()),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """National consumption and its day-ahead forecast by hour, MWh."""
        return super().get(request)

    def read(self, form: SpanForm, span: Span) -> tuple[Series, int]:
        return series.consumption_series(span), hours_in(span)


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
        return series.generation_series(span, plants), len(plants) * hours_in(span)


urlpatterns = [
    path("prices/", Prices.as_view(), name="api-prices"),
    path("consumption/", Consumption.as_view(), name="api-consumption"),
    path("generation/", Generation.as_view(), name="api-generation"),
]

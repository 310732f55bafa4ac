"""What the API costs beside the plainest views over the same rows. Prints ratios, asserts no time.

uv run pytest -m benchmark -s energysys/tests/benchmarks/test_reading_speed.py
"""

import datetime as dt
import gc
import statistics
import time
from functools import partial

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.models import PowerPlant
from energysys.clock import DAY, turkish_midnight
from energysys.testing import api_client, make_plant, make_world
from simulation import engine
from transparency import texts
from transparency.models import HourlyGeneration
from transparency.series import Span

pytestmark = [pytest.mark.benchmark, pytest.mark.urls(__name__)]

TODAY = dt.datetime.now(dt.UTC).date()
START = turkish_midnight(TODAY - 7 * DAY)
END = START + 7 * DAY
ROUNDS = 60


class PlainSerializer(serializers.ModelSerializer):
    class Meta:
        model = HourlyGeneration
        fields = ["plant_id", "ts", "planned_mwh", "actual_mwh", "settlement_mwh"]


class PlainView(APIView):
    """As the tutorial has it: whoever is logged in reads it all."""

    def get(self, request):
        rows = HourlyGeneration.objects.filter(ts__gte=START, ts__lt=END)
        return Response(PlainSerializer(rows.order_by("plant_id", "ts"), many=True).data)


class BareView(APIView):
    """A login and one statement: no permissions, no parameters checked, no ETag."""

    permission_classes = ()

    def get(self, request):
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT json_agg(row)::text FROM (
                       SELECT ts, planned_mwh, actual_mwh, settlement_mwh
                       FROM transparency_hourlygeneration
                       WHERE plant_id = %s AND ts >= %s AND ts < %s ORDER BY ts) AS row""",
                [request.GET["plant_id"], START, END],
            )
            return HttpResponse(cursor.fetchone()[0], "application/json")


class BareArraysView(APIView):
    """The statement of arrays alone: what is left when nothing else is asked of a view."""

    permission_classes = ()

    def get(self, request):
        plants = list(PowerPlant.objects.values_list("pk", flat=True))
        hours = texts.generation_series(Span(START, END, timezone.now()), plants)
        return HttpResponse(texts.json_text(hours, "arrays"), "application/json")


urlpatterns = [
    path("api/bare-arrays/", BareArraysView.as_view()),
    path("api/plain/", PlainView.as_view()),
    path("api/bare/", BareView.as_view()),
    path("", include("energysys.urls")),
]


@pytest.fixture
def hours(committed):
    """A week of twenty plants, seen by a Super Admin."""
    world = make_world()
    for number in range(3, 21):
        make_plant(world.organization, number)
    for _ in engine.simulate_days(TODAY - 9 * DAY, TODAY):
        pass
    return world


def milliseconds(*asks):
    """The median of each, asked in turn so that all meet the same machine."""
    took: list[list[float]] = [[] for _ in asks]
    for ask in asks:
        ask()
    gc.collect()
    for _ in range(ROUNDS):
        for ask, times in zip(asks, took, strict=True):
            began = time.perf_counter()
            ask()
            times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in took]


def body_of(answer):
    assert answer.status_code == 200, answer.content
    return answer.getvalue()


def test_generation_against_plain_views(hours):
    client = api_client(hours.people["super_admin"])
    span = {"start": START.isoformat(), "end": END.isoformat()}
    plant = PowerPlant.objects.get(pk=hours.plant.pk)
    one = span | {"plant": plant.eic}
    url = "/api/v1/generation/"
    plain = {
        "ModelSerializer": lambda: body_of(client.get("/api/plain/")),
        "bare arrays": lambda: body_of(client.get("/api/bare-arrays/")),
        "bare 168": lambda: body_of(client.get("/api/bare/", {"plant_id": plant.pk})),
    }
    wanted = {"rows": span, "arrays": span | {"shape": "arrays"}, "168": one}

    def again(name):
        return body_of(client.get(url, wanted[name]))

    def first(name):
        """As after a change of the market. With its own address, it leaves the others alone."""
        answer = client.get(url, wanted[name] | {"format": "json"})
        cache.delete(answer["ETag"])
        return body_of(answer)

    asks = plain | {name: partial(again, name) for name in wanted}
    asks |= {f"{name} first": partial(first, name) for name in wanted}
    sizes = {name: len(ask()) for name, ask in asks.items()}
    ms = dict(zip(asks, milliseconds(*asks.values()), strict=True))

    for name in asks:
        print(f"\n{name}: {ms[name]:.2f} ms, {sizes[name]:,} bytes", end="")
    print(
        f"\nthe statement of arrays in a bare view:"
        f" {ms['ModelSerializer'] / ms['bare arrays']:.1f} times as fast as a serializer",
        end="",
    )
    for when, mark in (("asked again", ""), ("asked first", " first")):
        print(
            f"\n{when}: 3,360 rows {ms['ModelSerializer'] / ms['rows' + mark]:.1f} times as fast"
            f" as a serializer, {ms['ModelSerializer'] / ms['arrays' + mark]:.1f} times as arrays;"
            f" 168 rows {ms['168' + mark] / ms['bare 168']:.2f} times a bare view"
        )

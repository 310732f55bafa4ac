"""Health, and the mixins of list and form pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from energysys.htmx import wants_partial
from energysys.limits import redis_address


class FilteredListMixin:
    """Lists cut by `filterset_class`; htmx gets `partial_template_name` alone.

    A bad filter shows no rows and its error, never everything.
    """

    filterset_class: Any
    partial_template_name: str
    request: HttpRequest

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()  # type: ignore[misc]
        self.filterset = self.filterset_class(
            self.request.GET, queryset=queryset, request=self.request
        )
        return self.filterset.qs if self.filterset.is_valid() else queryset.none()

    def get_template_names(self) -> list[str]:
        if wants_partial(self.request):
            return [self.partial_template_name]
        names: list[str] = super().get_template_names()  # type: ignore[misc]
        return names

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter=self.filterset, **kwargs)  # type: ignore[misc]


class InvalidFormMixin:
    """An invalid form answers 422, with or without htmx."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class OneAtATimeMixin:
    """Locks the row of a form from its check to its save, so that two saves take turns."""

    request: HttpRequest

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()  # type: ignore[misc]
        if self.request.method == "POST":
            return queryset.select_for_update(of=("self",), no_key=True)
        return queryset

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return response


@require_safe
@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """Whether this process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served: 503 without database, migrations or Redis.

    A late simulation run degrades the service but does not stop it.
    """
    missing = [name for name, check in CHECKS.items() if not check()]
    if missing:
        return JsonResponse({"status": "unavailable", "missing": missing}, status=503)
    return JsonResponse({"status": "ok" if simulation_is_on_time() else "degraded"})


@require_safe
def integrators(request: HttpRequest) -> HttpResponse:
    """How programs use this server, with snippets that name it."""
    return render(request, "integrators.html", {"base": request.build_absolute_uri("/")[:-1]})


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
    return True


def is_migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return False


def redis_answers() -> bool:
    try:
        with Redis.from_url(redis_address(), socket_timeout=1, socket_connect_timeout=1) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


CHECKS = {"database": database_answers, "migrations": is_migrated, "redis": redis_answers}


def simulation_is_on_time() -> bool:
    """Whether today's UTC day is simulated, or it began less than 15 minutes ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT now() < date_trunc('day', now(), 'UTC') + interval '15 minutes' OR EXISTS (
                   SELECT FROM simulation_simulationrun
                   WHERE kind = 'simulate' AND outcome = 'succeeded'
                     AND day = (now() AT TIME ZONE 'UTC')::date)"""
        )
        return bool(cursor.fetchone()[0])

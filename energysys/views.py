"""Health, error pages, and the two mixins of list and form pages."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
)
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from energysys.api import UNREADABLE, problem_json
from energysys.htmx import wants_partial
from energysys.requests import request_id

logger = logging.getLogger(__name__)

# When to ask again while the database is away.
OUTAGE_S = 10


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
    url = settings.REDIS_URL.replace("redis+socket://", "unix://").split("?")[0]
    try:
        with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as redis:
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


def error_answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_json(request, status, code, detail)
    context = {"status": status, "detail": detail, "reference": request_id(request)}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_answer(request, 400, "bad_request", _("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_answer(request, 403, "permission_denied", _("Your role does not allow this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_answer(request, 404, "not_found", _("There is nothing at this address for you."))


def server_error(request: HttpRequest) -> HttpResponse:
    logger.error("request %s failed", request_id(request))
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        detail = _("The database does not answer. Nothing was changed.")
        answer = error_answer(request, 503, "unavailable", detail)
        answer["Retry-After"] = str(OUTAGE_S)
        return answer
    return error_answer(
        request, 500, "server_error", _("Something failed on our side. Nothing was changed.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("This form has expired. Go back, reload the page and send it again.")
    return error_answer(request, 403, "csrf", detail)


class RefusalMiddleware:
    """A page whose write the database refuses in a race, or that finds no database, says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No text of ours holds a NUL, and neither a header nor PostgreSQL takes one.
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return bad_request(request, ValueError("NUL in the address"))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Django's admin would ask a person with too low a role to log in once more."""
        match, user = request.resolver_match, request.user
        if match and match.app_name == "admin" and user.is_authenticated and not user.is_staff:
            raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, UNREADABLE):
            return bad_request(request, exception)
        if isinstance(exception, IntegrityError):
            detail = _("Somebody has just changed what this builds on. Read it again.")
            return error_answer(request, 409, "conflict", detail)
        return None

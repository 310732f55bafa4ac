"""Refusals and failures as pages: what happened, what to do next, and a reference to quote.

A page stands in the shell for who is signed in, and alone when nobody is or the shell would need
what has failed. It says nothing of the exception. Under `/api/` they are problem documents.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from energysys.api import UNREADABLE, lost_race, problem_json
from energysys.requests import asks_for_page, request_id

logger = logging.getLogger(__name__)

# When to ask again while the database is away.
OUTAGE_S = 10
# What pages take; a view may take less.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
NEXT_STEPS = {
    400: gettext_lazy("Go back, check what you entered and send it again."),
    403: gettext_lazy("Ask an Admin of your organization if you need this."),
    404: gettext_lazy("The address may be misspelt, or belong to another organization."),
    405: gettext_lazy("Go back and use the buttons and links of the page."),
    409: gettext_lazy("Go back, reload the page and look at what has changed."),
    413: gettext_lazy("Go back and send less at once, such as a file in several parts."),
    429: gettext_lazy(
        "Wait, then log in with the right password; an administrator can set a new one."
    ),
    500: gettext_lazy("Try again in a minute. If it stays, tell the operator the reference."),
    503: gettext_lazy("Try again in a minute. If it stays, tell the operator the reference."),
}


def error_answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_json(request, status, code, detail)
    context = {
        "status": status,
        "detail": detail,
        "next_step": NEXT_STEPS[status],
        "reference": request_id(request),
    }
    if status < 500 and is_signed_in(request):
        try:
            return render(request, "error_in_shell.html", context, status=status)
        except DatabaseError:
            logger.warning("request %s: the shell needs the database", request_id(request))
    return render(request, "error.html", context, status=status)


def is_signed_in(request: HttpRequest) -> bool:
    try:
        # A request that is refused early has no user.
        return hasattr(request, "user") and request.user.is_authenticated
    except (DatabaseError, InterfaceError):
        return False


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        kib = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
        told = _("The request is too large: at most %(kib)s KiB are taken.") % {"kib": kib}
        return error_answer(request, 413, "content_too_large", told)
    said = isinstance(exception, BadRequest) and str(exception)
    detail = said or _("The request could not be understood.")
    return error_answer(request, 400, "bad_request", detail)


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


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    detail = _("This address does not take such a request.")
    answer = error_answer(request, 405, "method_not_allowed", detail)
    answer["Allow"] = allowed
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("This form has expired. Go back, reload the page and send it again.")
    return error_answer(request, 403, "csrf", detail)


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers after too many wrong passwords."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    detail = _("Too many attempts: this user name is locked for %(minutes)s minutes here.")
    answer = error_answer(request, 429, "locked", detail % {"minutes": minutes})
    answer["Retry-After"] = str(minutes * 60)
    return answer


class RefusalMiddleware:
    """A page whose write the database refuses in a race, or that finds no database, says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No text of ours holds a NUL, and neither a header nor PostgreSQL takes one.
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return bad_request(request, ValueError("NUL in the address"))
        if not asks_for_page(request):
            return self.get_response(request)
        if request.method not in METHODS:
            return method_not_allowed(request, ", ".join(METHODS))
        response = self.get_response(request)
        if response.status_code == 405:
            return method_not_allowed(request, response["Allow"])
        return response

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
        if lost_race(exception):
            detail = _("Somebody has just changed what this builds on. Read it again.")
            return error_answer(request, 409, "conflict", detail)
        return None

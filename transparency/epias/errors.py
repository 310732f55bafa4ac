"""Refusals in the form that clients of the platform read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from energysys.api import UNREADABLE, pointed
from energysys.requests import request_id

logger = logging.getLogger(__name__)

# The codes that the platform is known to answer with; others follow their manner.
UNKNOWN, TOO_LONG = "(BUS)SEF1122", "(BUS)SEF1117"
NO_TICKET, LOGIN_FAILED = "AUTH009", "AUTH001"
CODES = {"/startDate": "SEF1144", "/endDate": "SEF1145"}
INVALID = "(VAL)INVALID"
STATUS_CODES = {
    401: NO_TICKET,
    404: "(SYS)NOT_FOUND",
    405: "(SYS)METHOD",
    413: "(SYS)TOO_LARGE",
    415: "(SYS)MEDIA_TYPE",
    500: "(SYS)ERROR",
    503: "(SYS)UNAVAILABLE",
}


class Unavailable(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    wait = 5


def unknown(name: str, *keys: int) -> exceptions.ValidationError:
    """The refusal of ids that do not exist for this person."""
    listed = ", ".join(map(str, keys[:5]))
    message = _("There is nothing with the id %(ids)s for you.") % {"ids": listed}
    return exceptions.ValidationError({name: [exceptions.ErrorDetail(message, UNKNOWN)]})


def refusal(exception: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler of the façade: everything ends in the same body."""
    error = as_api_exception(exception)
    if error.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("request %s failed", correlation(context), exc_info=exception)
    body = {
        "status": error.status_code,
        "correlationId": correlation(context),
        "errors": list(told(error)),
    }
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(wait)
    return Response(body, error.status_code, headers=headers)


def correlation(context: dict[str, Any]) -> str:
    return request_id(context["request"]._request)


def as_api_exception(exception: Exception) -> exceptions.APIException:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound()
    if isinstance(exception, (SuspiciousOperation, *UNREADABLE)):
        return exceptions.ParseError(_("The request could not be understood."))
    if isinstance(exception, OperationalError | InterfaceError):
        return Unavailable(_("The database does not answer. Try again in a moment."))
    return exceptions.APIException(_("Something failed on our side. Nothing was changed."))


def told(error: exceptions.APIException) -> Iterator[dict[str, str]]:
    if not isinstance(error, exceptions.ValidationError):
        code = STATUS_CODES.get(error.status_code, INVALID)
        if error.get_codes() == LOGIN_FAILED:
            code = LOGIN_FAILED
        yield {"errorCode": code, "errorMessage": str(error.detail)}
        return
    for fault in pointed(error.detail):
        name, code = fault["pointer"], fault["code"]
        if code in ("required", "null"):
            code = CODES.get(name, INVALID)
        elif not code.startswith("("):
            code = INVALID
        field = name.strip("/").replace("/", ".")
        message = f"{field}: {fault['detail']}" if field else fault["detail"]
        yield {"errorCode": code, "errorMessage": message}

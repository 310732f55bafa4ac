"""Refusals that never reach a service."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from energysys.requests import request_id
from transparency.epias.errors import INVALID, STATUS_CODES

ROOTS = ("/cas/", "/electricity-service/", "/reporting-service/")


class PlatformErrors:
    """What the frame refuses as a page, such as an outage, is told in the platform's form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or not request.path.startswith(ROOTS):
            return response
        if response["Content-Type"] == "application/json":
            return response
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            message = _("The request is too large.")
        else:
            message = _("The request could not be served; the status says why.")
        body = {
            "status": status,
            "correlationId": request_id(request),
            "errors": [{"errorCode": STATUS_CODES.get(status, INVALID), "errorMessage": message}],
        }
        headers = {name: response[name] for name in ("Retry-After",) if name in response}
        return JsonResponse(body, status=status, headers=headers)

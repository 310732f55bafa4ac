"""A reference id for every request: in the answer, the log and the error pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["X-Request-ID"] = request_id(request)
        return response


def request_id(request: HttpRequest) -> str:
    """The id of this request, made when it is first asked for."""
    if not hasattr(request, "energysys_id"):
        request.energysys_id = secrets.token_hex(6)  # type: ignore[attr-defined]
    return str(request.energysys_id)  # type: ignore[attr-defined]

"""A reference id for every request, in the answer, the log and the error pages; small pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Addresses that machines read, or that answer in Django's own form.
NOT_PAGES = (
    *("/api/", "/cas/", "/electricity-service/", "/reporting-service/"),
    *("/admin/", "/health/", "/static/"),
)


def asks_for_page(request: HttpRequest) -> bool:
    return not request.path.startswith(NOT_PAGES)


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["X-Request-ID"] = request_id(request)
        return response


class PageCompressionMiddleware(GZipMiddleware):
    """Compresses pages. Streams and JSON are left to the proxy, which has the time."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page:
            return response
        return super().process_response(request, response)


def request_id(request: HttpRequest) -> str:
    """The id of this request, made when it is first asked for."""
    if not hasattr(request, "energysys_id"):
        request.energysys_id = secrets.token_hex(6)  # type: ignore[attr-defined]
    return str(request.energysys_id)  # type: ignore[attr-defined]

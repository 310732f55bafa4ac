"""How pages and htmx talk: partials, redirects and messages."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

REDIRECTS = (301, 302, 303, 307, 308)


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx will swap the answer into a page that is already there."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


class HtmxResponseMiddleware:
    """Sends a redirect of an htmx request to the browser, and waiting messages as toasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(("/api/", "/health/")):
            return response
        patch_vary_headers(response, ["HX-Request"])
        if not request.htmx:  # type: ignore[attr-defined]
            return response
        if response.status_code in REDIRECTS:
            # The browser would follow it and swap a whole page, the login page even, into a table.
            response["HX-Redirect"] = response["Location"]
            del response["Location"]
            response.status_code = 200
        elif waiting := [{"level": m.level_tag, "text": str(m)} for m in get_messages(request)]:
            response["HX-Trigger"] = json.dumps({"toasts": waiting})
        return response

"""What a browser remembers of its reader in cookies: the theme and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from energysys.clock import ISTANBUL
from energysys.requests import asks_for_page

THEMES = ("light", "dark")
CLOCKS: dict[str, dt.tzinfo] = {"trt": ISTANBUL, "utc": dt.UTC}
YEAR_S = 60 * 60 * 24 * 365


class ClockMiddleware:
    """Shows and reads times on the reader's clock; the APIs and the Django admin keep Turkish time.

    Only the clock changes: market days stay Turkish days.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get("clock") if asks_for_page(request) else None
        with timezone.override(CLOCKS.get(chosen or "", ISTANBUL)):
            return self.get_response(request)


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark and go back."""
    if request.POST.get("theme") not in THEMES:
        raise BadRequest(_("The theme is light or dark."))
    return remember(request, "theme")


@require_POST
@login_not_required
def clock(request: HttpRequest) -> HttpResponse:
    """Remember Turkish time or UTC and go back."""
    if request.POST.get("clock") not in CLOCKS:
        raise BadRequest(_("The clock is Turkish time or UTC."))
    return remember(request, "clock")


def remember(request: HttpRequest, name: str) -> HttpResponse:
    target = request.POST.get("next", "")
    host = {request.get_host()}
    if target[:1] != "/" or not url_has_allowed_host_and_scheme(target, host, request.is_secure()):
        target = reverse("dashboard")
    response = HttpResponseRedirect(target)
    response.set_cookie(name, request.POST[name], max_age=YEAR_S, samesite="Lax")
    return response

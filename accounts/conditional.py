"""Conditional requests: 304 for what the client has, 412 for what it has no longer."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, TypeVar

from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import signed_in
from accounts.versions import etag
from energysys.api import PreconditionFailed, PreconditionRequired

R = TypeVar("R", bound=HttpResponseBase)


def answer_tag(request: Request, at: dt.datetime, *seen_with: object) -> str:
    """The ETag of a list or series for this person, address and format, found without its rows."""
    media = request.accepted_renderer.format
    return etag(signed_in(request), at, request.get_full_path(), media, *seen_with)


def row_tag(row: Any) -> str:
    """The ETag of one resource: its content, whatever it is stored in and whoever changed it."""
    return f'"{hashlib.sha256(JSONRenderer().render(row)).hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the client says that it has this version."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or tag in {each.removeprefix("W/") for each in known}


def require_match(request: Request, tag: str) -> None:
    """428 for a change that does not say what it changes, 412 if that is no longer there."""
    wanted = request.headers.get("If-Match")
    if wanted is None:
        raise PreconditionRequired
    known = parse_etags(wanted)
    if "*" not in known and tag not in known:
        raise PreconditionFailed


def tagged(request: Request, answer: Response) -> HttpResponseBase:
    """The answer with the tag of its content, or 304."""
    tag = row_tag(answer.data)
    return not_modified(tag) if is_known(request, tag) else with_tag(answer, tag)


def not_modified(tag: str) -> HttpResponse:
    return with_tag(HttpResponseNotModified(), tag)


def with_tag(answer: R, tag: str) -> R:
    """To be kept by its reader alone, and asked about at every use."""
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ["Accept", "Authorization", "X-API-Key"])
    return answer

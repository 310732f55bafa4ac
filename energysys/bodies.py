"""Bodies of requests: whole, of known length, and not larger than anything here takes.

Clients write before they read. Whose body is refused has to be listened to for a while, or the
closed connection is all that the client sees.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

PIECE_BYTES = 64 * 1024
# For how long a refused body is read and thrown away.
DRAIN_S = 10


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def drain(body: Readable) -> None:
    until = time.monotonic() + DRAIN_S
    while time.monotonic() < until and body.read(PIECE_BYTES):
        pass


class Unchunked:
    """Gives a body that is sent in chunks its length; Django would take it for an empty one."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.pop("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            sent = environ["wsgi.input"]
            # One byte more than is taken shows that there is too much.
            content = sent.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            drain(sent)
            environ |= {"wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content))}
        return self.application(environ, start_response)


class WholeBodyMiddleware:
    """Refuses a body that is too large, and one that broke off: half a file is no file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        told = request.META.get("CONTENT_LENGTH") or "0"
        length = int(told) if told.isdecimal() else 0
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            drain(request)
            raise RequestDataTooBig
        try:
            is_whole = length == 0 or len(request.body) == length
        except UnreadablePostError:
            is_whole = False
        if not is_whole:
            raise BadRequest(_("The body broke off before its end."))
        return self.get_response(request)

"""How often one person may ask, counted in Redis by the minute and told in every answer.

Headers as in draft-ietf-httpapi-ratelimit-headers. Without Redis nobody is counted: a limit is
there to protect the service, not to stop it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from redis import Redis, RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)

WINDOW_S = 60
# How long a Redis that failed is left alone, so that not every request waits for it.
PAUSE_S = 5


@dataclass(frozen=True)
class Usage:
    """Requests of the present window, and the seconds until it ends."""

    count: int
    reset_s: int

    @property
    def left(self) -> int:
        return max(settings.API_REQUESTS_PER_MINUTE - self.count, 0)


class PersonThrottle(BaseThrottle):
    """One allowance for a person's tokens and keys together; strangers share their address's."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        who = f"person:{user.pk}" if user.is_authenticated else f"address:{self.get_ident(request)}"
        self.usage = count_request(f"energysys:limit:{who}")
        if self.usage is None:
            return True
        request._request.usage = self.usage  # type: ignore[attr-defined]
        return self.usage.count <= int(settings.API_REQUESTS_PER_MINUTE)

    def wait(self) -> float | None:
        return self.usage.reset_s if self.usage else None


class Pause:
    """Remembers until when Redis is not asked."""

    until = 0.0


def count_request(key: str) -> Usage | None:
    """Count one more; None when Redis does not answer."""
    if time.monotonic() < Pause.until:
        return None
    try:
        with client().pipeline(transaction=True) as pipeline:
            pipeline.set(key, 0, ex=WINDOW_S, nx=True)
            pipeline.incr(key)
            pipeline.ttl(key)
            _made, count, reset_s = pipeline.execute()
    except RedisError:
        logger.warning("Redis does not answer; requests are not counted")
        Pause.until = time.monotonic() + PAUSE_S
        return None
    return Usage(count, max(reset_s, 1))


@cache
def client() -> Redis:
    return Redis.from_url(redis_address(), socket_timeout=0.2, socket_connect_timeout=0.2)


def redis_address() -> str:
    """Celery's address of a Redis as its client library writes it."""
    return settings.REDIS_URL.replace("redis+socket://", "unix://").split("?")[0]


class LimitHeadersMiddleware:
    """Says in every answer of the API how much is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        usage: Usage | None = getattr(request, "usage", None)
        if usage is not None:
            quota = settings.API_REQUESTS_PER_MINUTE
            answer["RateLimit-Policy"] = f'"person";q={quota};w={WINDOW_S}'
            answer["RateLimit"] = f'"person";r={usage.left};t={usage.reset_s}'
        return answer

"""Sums over many hours, kept by a web process as long as they cannot have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from transparency.series import PlantScope, Span

T = TypeVar("T")


def kept(known: str, read: Callable[[Span, PlantScope], T], span: Span, scope: PlantScope) -> T:
    """What `read` says of the span; `known` is the `version` of the data at `span.at`.

    Hours are published on the hour, which is part of the version, so the minute does not count.
    """
    parts = (known, read.__name__, span.start, span.end, scope)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    found: T | None = cache.get(key)
    if found is None:
        found = read(span, scope)
        cache.set(key, found)
    return found

"""What an answer depends on besides its address, in one short text: the base of every ETag.

It stands in the lowest app that knows people, because lists of every app ask it, and names the
tables of higher ones in SQL only. An answer changes when somebody writes, and with time alone:
hours are published on the hour, and an event begins or ends. All three are read in one cheap query
that leaves the hourly table alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import connection
from django.utils.translation import get_language

from accounts.models import User
from accounts.tenancy import tenant_of


def version(user: User, at: dt.datetime) -> str:
    """Stays the same as long as no answer to `user` can have changed.

    Read it before the rows: a write in between then shows as a change at the next request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT sum(writes) FROM transparency_writecounter),
                      (SELECT max(starts_at) FROM incidents_plantevent
                       WHERE dismissed_at IS NULL AND starts_at <= %(at)s),
                      (SELECT max(ends_at) FROM incidents_plantevent
                       WHERE dismissed_at IS NULL AND ends_at <= %(at)s)""",
            {"at": at},
        )
        writes, last_start, last_end = cursor.fetchone()
    hour = at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return f"{writes} {hour:%Y%m%d%H} {last_start} {last_end} {user.role} {tenant_of(user)}"


def etag(user: User, at: dt.datetime, *seen_with: object) -> str:
    """The quoted ETag of an answer that also depends on `seen_with`, such as its address."""
    parts = (version(user, at), get_language(), *seen_with)
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'

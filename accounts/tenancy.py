"""Tells PostgreSQL whose rows a request may see; the policies are in `assets/sql`.

`energysys.tenant` is `all`, the primary key of an organization, or empty: nothing. A web process
connects with it empty, so code that forgets to set it sees no row.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Case, CharField, F, Func, Q, Value, When
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg.pq import TransactionStatus

from accounts.access import Role, is_super_admin
from accounts.models import User

ALL = "all"
UNCHANGED = """SELECT 1 FROM accounts_user WHERE id = %s AND is_active AND password = %s
    AND role = %s AND organization_id IS NOT DISTINCT FROM %s"""
# How often a body that takes longer asks whether its reader is still who was let in.
RECHECK_S = 2
# What `tenant_of` says of an active `person`, in SQL.
TENANT = "CASE person.role WHEN 'super_admin' THEN 'all' ELSE person.organization_id::text END"


def tenant_of(user: User | AnonymousUser) -> str:
    if user.is_anonymous or not user.is_active:
        return ""
    return ALL if is_super_admin(user) else str(user.organization_id or "")


def tenant_set() -> Func:
    """An expression for a query of a person: sets the tenant to theirs, and yields it."""
    theirs = Case(
        When(Q(is_active=False), then=Value("")),
        When(role=Role.SUPER_ADMIN, then=Value(ALL)),
        default=Cast(F("organization_id"), CharField()),
    )
    setting = Value("energysys.tenant")
    return Func(setting, theirs, Value(False), function="set_config", output_field=CharField())


def set_tenant(user: User | AnonymousUser) -> None:
    """Narrow this connection to the rows of `user` until the request ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('energysys.tenant', %s, false)", [tenant_of(user)])


def reset_tenant() -> None:
    """Go back to what the process connected with; a lost connection has nothing to reset."""
    raw = connection.connection
    if raw is None or raw.closed or raw.info.transaction_status == TransactionStatus.INERROR:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("RESET energysys.tenant")
    except (DatabaseError, InterfaceError):
        connection.close()


@contextmanager
def acting_as(user: User | AnonymousUser) -> Iterator[None]:
    """For what runs after the view has returned, such as the body of a streaming response."""
    set_tenant(user)
    try:
        yield
    finally:
        reset_tenant()


def while_unchanged(user: User, body: Iterator[Any]) -> Iterator[Any]:
    """The body of a long answer, broken off when its reader's tokens have ended meanwhile.

    Asked on a connection of its own: this one is busy writing the body.
    """
    then = time.monotonic() + RECHECK_S
    with closing(body):  # type: ignore[type-var]
        for piece in body:
            yield piece
            if time.monotonic() < then:
                continue
            with closing(connection.copy()) as other, other.cursor() as cursor:
                cursor.execute(UNCHANGED, [user.pk, user.password, user.role, user.organization_id])
                if not cursor.fetchone():
                    raise PermissionDenied(f"person {user.pk} has changed while reading")
            then = time.monotonic() + RECHECK_S


def shows_credentials(request: HttpRequest) -> bool:
    return "Authorization" in request.headers or "X-API-Key" in request.headers


class TenantMiddleware:
    """Narrows each request to its person's rows. Behind the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Health checks and static files must answer without a database.
        if request.path.startswith("/health/"):
            return self.get_response(request)
        # Who shows a token or a key is recognised in the view, which sets the tenant or refuses.
        # Reading the person of a session sets it, so a session that is over has to unset it.
        in_view = request.path.startswith("/api/") and shows_credentials(request)
        if not in_view and request.user.is_anonymous:
            set_tenant(request.user)
        try:
            return self.get_response(request)
        finally:
            reset_tenant()

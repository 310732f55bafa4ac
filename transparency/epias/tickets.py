"""Tickets: what a login gives, and who sends one in the header `TGT`.

A ticket is the signed name of a token family (`accounts.tokens`) and of the second it was made. It
ends after two hours, or earlier with its family: when the person's password, role, organization or
account changes.
"""

from __future__ import annotations

import datetime as dt

from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.models import TokenFamily, User
from accounts.tenancy import set_tenant
from accounts.tokens import FAMILY, start_family

# Clients renew theirs after 1 h 45 min by their own clock.
LIFETIME = dt.timedelta(hours=2)
# One client looks for this word.
PREFIX, SUFFIX = "TGT-", "-cas"


def signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt="epias-ticket")


def make_ticket(user: User) -> str:
    """A new ticket; earlier ones stay valid."""
    return f"{PREFIX}{signer().sign(start_family(user)[FAMILY])}{SUFFIX}"


def person_of(ticket: str) -> User | None:
    """Whose ticket it is; None when it is not one of ours, has ended or was revoked."""
    if not (ticket.startswith(PREFIX) and ticket.endswith(SUFFIX)):
        return None
    try:
        family = signer().unsign(ticket.removeprefix(PREFIX).removesuffix(SUFFIX), max_age=LIFETIME)
    except BadSignature:
        return None
    standing = TokenFamily.objects.filter(revoked_at=None, user__is_active=True)
    found = standing.select_related("user").filter(pk=family).first()
    return found.user if found else None


class TicketAuthentication(authentication.BaseAuthentication):
    """A valid ticket also narrows the database connection to its person's rows."""

    def authenticate(self, request: Request) -> tuple[User, str]:
        ticket = request.headers.get("TGT", "")
        user = person_of(ticket)
        if user is None:
            raise exceptions.AuthenticationFailed(
                _("There is no such ticket, or it has ended. Log in again.")
            )
        set_tenant(user)
        return user, ticket

"""`Idempotency-Key`: what was sent twice is done once, and answered alike.

As in draft-ietf-httpapi-idempotency-key-header. The key is stored in the transaction of what it
stands for. An answer that refused is not kept, for it left nothing behind: the key is free again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import signed_in
from accounts.models import IdempotentAnswer, User
from energysys.api import Conflict
from energysys.clock import DAY

HEADER = "Idempotency-Key"
KEPT = ("Location", "ETag")
# A quoted string, as the draft has it, or the same without quotes, as many clients send it.
KEY = re.compile(r'"?([!#-~]{1,255}?)"?')


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "key_reused"


def once(act: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
    """Do it, or answer as when it was done with the same key in the last day.

    400 for a malformed key, 409 while the first request runs, 422 if this is another request.
    """
    found = KEY.fullmatch(request.headers[HEADER])
    if not found:
        raise exceptions.ParseError(_("An Idempotency-Key is 1 to 255 characters without blanks."))
    key, person = found[1], signed_in(request)
    print_ = fingerprint(request)
    with transaction.atomic():
        if not lock(person.pk, key):
            raise Conflict(_("The first request with this key still runs."), code="in_progress")
        answers = IdempotentAnswer.objects.filter(user=person)
        answers.filter(answered_at__lt=timezone.now() - DAY).delete()
        known = answers.filter(key=key).first()
        if known is None:
            answer = act(request, *args, **kwargs)
            answers.create(
                user=person,
                key=key,
                fingerprint=print_,
                status=answer.status_code,
                body=JSONRenderer().render(answer.data).decode(),
                headers={name: answer[name] for name in KEPT if answer.has_header(name)},
            )
            return answer
    if known.fingerprint != print_:
        raise KeyReused(_("This key was used for another request."))
    headers = known.headers | {"Idempotency-Replayed": "true"}
    return Response(json.loads(known.body or "null"), known.status, headers=headers)


@contextmanager
def confirmation(person: User, key: str) -> Iterator[IdempotentAnswer]:
    """What a page answered to this confirmation; whoever sends it again waits for the first one.

    The body is empty as long as nothing was done. Who then acts fills it in, and it is stored with
    what was done.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, person.pk]
            )
        answers = IdempotentAnswer.objects.filter(user=person)
        answers.filter(answered_at__lt=timezone.now() - DAY).delete()
        answer = answers.filter(key=key).first()
        if answer is None:
            answer = IdempotentAnswer(user=person, key=key, status=HTTPStatus.OK)
        yield answer
        if answer.body and answer.pk is None:
            answer.save()


def lock(person_id: int, key: str) -> bool:
    """Whether nobody else holds this key; it is held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [key, person_id]
        )
        return bool(cursor.fetchone()[0])


def fingerprint(request: Request) -> str:
    """What makes two requests the same; with our secret, for a body may hold a password."""
    parts = (request.method, request.get_full_path(), request.content_type)
    content = "\n".join(map(str, parts)).encode() + b"\n" + request._request.body
    return salted_hmac("idempotency", content, algorithm="sha256").hexdigest()

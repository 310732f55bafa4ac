"""Delivers messages as Standard Webhooks says: signed, at least once, with growing pauses.

A message is locked while it is delivered, so two workers never send the same one at once; a worker
that dies gives the lock back, and the receiver knows a repeated message by its `webhook-id`.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.client
import json
import random
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from energysys.clock import DAY, ISTANBUL
from incidents.webhooks.addresses import port_of, resolve, split
from incidents.webhooks.models import (
    MessageState,
    Webhook,
    WebhookAttempt,
    WebhookMessage,
)

STEP_TIMEOUT_S = 4
WHOLE_TIMEOUT_S = 10
ANSWER_BYTES = 500
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=12)
MAX_ATTEMPTS = 11
# A webhook that has only failed for so long is switched off.
PATIENCE = 5 * DAY
RUN = dt.timedelta(seconds=50)


@dataclass(frozen=True)
class Answer:
    """What came back: a status and the beginning of the body, or the reason why nothing did."""

    status: int | None
    detail: str = ""
    body: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver_due() -> int:
    """Deliver what is due, for less than a minute; return how many messages were tried.

    An address that has just failed is left alone until the next run.
    """
    until = time.monotonic() + RUN.total_seconds()
    failed: set[int] = set()
    tried = 0
    while time.monotonic() < until:
        with transaction.atomic():
            message = claim(failed)
            if message is None:
                break
            if not attempt(message):
                failed.add(message.webhook_id)
        tried += 1
    return tried


def claim(but: set[int]) -> WebhookMessage | None:
    """The message that has been due longest and that no other worker holds; locked."""
    due = WebhookMessage.objects.filter(
        state=MessageState.WAITING, due_at__lte=timezone.now(), webhook__is_active=True
    )
    due = due.exclude(webhook_id__in=but).order_by("due_at", "pk")
    return due.select_for_update(skip_locked=True, of=("self",)).select_related("webhook").first()


def attempt(message: WebhookMessage) -> bool:
    """Send the message once, note what came of it and when to try again."""
    started_at = timezone.now()
    clock = time.monotonic()
    answer = send(message, started_at)
    WebhookAttempt.objects.create(
        message=message,
        started_at=started_at,
        duration_ms=round((time.monotonic() - clock) * 1000),
        status=answer.status,
        detail=answer.detail[:200],
        answer=answer.body,
    )
    message.attempt_count += 1
    if answer.is_success:
        message.state = MessageState.DELIVERED
    elif message.attempt_count >= MAX_ATTEMPTS:
        message.state = MessageState.GIVEN_UP
    else:
        message.due_at = timezone.now() + pause(message.attempt_count)
    message.save(update_fields=["attempt_count", "state", "due_at"])
    note_health(message.webhook, answer, started_at)
    return answer.is_success


def pause(attempt_count: int) -> dt.timedelta:
    """How long to wait after so many attempts: four times as long each time, and not in step."""
    whole = min(FIRST_PAUSE * 4 ** (attempt_count - 1), LONGEST_PAUSE)
    return whole * random.uniform(0.75, 1.25)


def note_health(webhook: Webhook, answer: Answer, at: dt.datetime) -> None:
    """Remember since when a webhook fails, and switch it off after long failure or at its wish."""
    rows = Webhook.objects.filter(pk=webhook.pk)
    if answer.is_success:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    rows.filter(failing_since=None).update(failing_since=at)
    hopeless = rows.filter(is_active=True)
    if answer.status != http.HTTPStatus.GONE:
        hopeless = hopeless.filter(failing_since__lte=at - PATIENCE)
    hopeless.update(is_active=False, disabled_at=at)


def send(message: WebhookMessage, at: dt.datetime) -> Answer:
    body = json.dumps(payload(message), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "EnergySys-Webhooks/1",
        "Connection": "close",
        **signed_headers(message, body, at),
    }
    try:
        return post(message.webhook.url, body, headers)
    except ValidationError as refusal:
        return Answer(None, " ".join(refusal.messages))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}")


def payload(message: WebhookMessage) -> dict[str, Any]:
    """The version as it was recorded, the same at every attempt."""
    version = message.version
    plant = version.event.plant

    def moment(at: dt.datetime | None) -> str | None:
        return at.astimezone(ISTANBUL).isoformat() if at else None

    return {
        "type": f"plant_event.{message.kind}",
        "timestamp": moment(version.recorded_at),
        "data": {
            "id": version.event_id,
            "version": version.version,
            "organization": plant.organization.eic,
            "plant": plant.eic,
            "event_type": version.event_type,
            "reason": version.reason,
            "description": version.description,
            "affected_mw": float(version.affected_mw),
            "start": moment(version.starts_at),
            "end": moment(version.ends_at),
            "dismissed_at": moment(version.dismissed_at),
        },
    }


def signed_headers(message: WebhookMessage, body: bytes, at: dt.datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signed = b".".join((str(message).encode(), stamp.encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        for key in message.webhook.keys_at(at)
    ]
    return {
        "webhook-id": str(message),
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


class CheckedConnection(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever its name leads to by now."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=STEP_TIMEOUT_S)
        self.address, self.context, self.is_cut = address, context, False
        # By it the header Host is written without a port where that is the usual one.
        self.default_port = 443 if context else 80

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.context:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End an answer that drips in; each step by itself may be quick enough."""
        self.is_cut = True
        if self.sock:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send once; no redirect is followed, and of the answer only the beginning is read."""
    parts = split(url)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    connection = CheckedConnection(str(parts.hostname), port_of(parts), resolve(parts), context)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    deadline = threading.Timer(WHOLE_TIMEOUT_S, connection.cut)
    deadline.start()
    try:
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        start = response.read(ANSWER_BYTES).decode(errors="replace")
        if connection.is_cut:
            raise TimeoutError(f"no whole answer within {WHOLE_TIMEOUT_S} s")
        # PostgreSQL keeps no NUL.
        return Answer(response.status, body=start.replace("\0", " "))
    finally:
        deadline.cancel()
        connection.close()


def resend(message: WebhookMessage) -> None:
    """Let a message be due again at once, with all its attempts before it."""
    message.state, message.due_at, message.attempt_count = MessageState.WAITING, timezone.now(), 0
    message.save(update_fields=["state", "due_at", "attempt_count"])


def forget_old(days: int) -> int:
    """Delete messages that are done and older than so many days, with their attempts."""
    old = WebhookMessage.objects.filter(created_at__lt=timezone.now() - days * DAY)
    deleted, _kinds = old.exclude(state=MessageState.WAITING, webhook__is_active=True).delete()
    return deleted

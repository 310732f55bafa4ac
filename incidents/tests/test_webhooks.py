"""Webhooks: what is queued, signed, delivered, tried again and given up."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import kombu.exceptions
import pytest
from django.db import connection, transaction
from django.utils import timezone

from energysys.clock import DAY
from energysys.testing import api_client, make_event, make_world
from incidents.models import PlantEvent
from incidents.services import dismiss_event, end_event, report_event, update_event
from incidents.tasks import deliver_soon
from incidents.tests.receiving import due_now, make_webhook, plain_answer, waiting
from incidents.webhooks import delivery
from incidents.webhooks.models import (
    EventKind,
    MessageState,
    Webhook,
    WebhookAttempt,
    WebhookMessage,
)


def test_each_change_of_an_event_queues_one_message_of_its_kind(world):
    make_webhook(world.organization)
    admin = world.people["admin"]
    new = PlantEvent(
        plant=world.plant,
        event_type="failure",
        reason="trip",
        affected_mw=10,
        starts_at=timezone.now() - dt.timedelta(hours=1),
    )

    event = report_event(new, by=admin)
    event.reason = "bearing"
    event = update_event(event, by=admin)
    event = end_event(event, by=admin)
    dismiss_event(event, by=admin)

    told = WebhookMessage.objects.order_by("version__version")
    assert list(told.values_list("kind", "version__version")) == [
        ("reported", 1),
        ("changed", 2),
        ("ended", 3),
        ("dismissed", 4),
    ]


def test_what_sql_writes_is_told_as_well(world):
    make_webhook(world.organization)

    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO incidents_plantevent (plant_id, event_type, reason, description,
                   affected_mw, starts_at, reported_at, changed_at, version)
               VALUES (%s, 'failure', 'by SQL', '', 5, now(), now(), now(), 1)""",
            [world.plant.pk],
        )

    assert waiting().get().kind == EventKind.REPORTED


def test_a_message_goes_with_the_transaction_of_its_event(world):
    make_webhook(world.organization)

    with transaction.atomic():
        make_event(world.plant)
        transaction.set_rollback(True)

    assert not WebhookMessage.objects.exists()


def test_only_active_webhooks_of_the_organization_that_want_the_kind_are_told(world):
    make_webhook(world.other_organization)
    make_webhook(world.organization, is_active=False)
    make_webhook(world.organization, event_kinds=["dismissed"])
    wanted = make_webhook(world.organization, event_kinds=["reported"])

    make_event(world.plant)

    assert waiting().get().webhook == wanted


def test_a_delivered_message_can_be_verified_with_the_secret(world, receiver):
    webhook = make_webhook(world.organization, receiver.url)
    event = make_event(world.plant, affected_mw="12.5")

    assert delivery.deliver_due() == 1

    ((path, headers, body),) = receiver.got
    message = WebhookMessage.objects.get()
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert path == "/hooks?from=es"
    assert headers["webhook-id"] == str(message)
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    told = json.loads(body)
    assert told["type"] == "plant_event.reported"
    assert (
        told["data"].items()
        >= {
            "id": event.pk,
            "version": 1,
            "plant": world.plant.eic,
            "organization": world.organization.eic,
            "affected_mw": 12.5,
            "end": None,
        }.items()
    )
    assert message.state == MessageState.DELIVERED
    attempt = message.attempts.get()
    assert (attempt.status, attempt.answer) == (200, "thanks")
    assert delivery.deliver_due() == 0


def test_for_a_day_after_a_new_secret_both_sign(world):
    webhook = make_webhook(world.organization)
    make_event(world.plant)
    old, now = webhook.secret, timezone.now()

    webhook.rotate(now)

    assert webhook.secret != old
    message = WebhookMessage.objects.select_related("webhook").get()
    both = delivery.signed_headers(message, b"{}", now)["webhook-signature"].split()
    later = delivery.signed_headers(message, b"{}", now + DAY)["webhook-signature"].split()
    assert len(both) == 2
    assert len(later) == 1
    assert webhook.keys_at(now)[1] == base64.b64decode(old.removeprefix("whsec_"))


def test_no_row_holds_the_secret(world):
    webhook = make_webhook(world.organization)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text FROM incidents_webhook AS w")
        (row,) = cursor.fetchone()

    assert webhook.secret.removeprefix("whsec_") not in row


def test_a_failed_message_is_tried_again_with_growing_pauses_and_given_up(world, receiver):
    make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    receiver.answer = plain_answer(503, b"no\0pe" * 1000)

    pauses = []
    for _number in range(delivery.MAX_ATTEMPTS):
        due_now()
        before = timezone.now()
        assert delivery.deliver_due() == 1
        pauses.append(WebhookMessage.objects.get().due_at - before)

    message = WebhookMessage.objects.get()
    assert message.state == MessageState.GIVEN_UP
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == 1
    assert all(later > 2 * sooner for sooner, later in pairwise(pauses[:7]))
    assert max(pauses) < dt.timedelta(hours=16)
    attempt = message.attempts.first()
    assert attempt.status == 503
    assert len(attempt.answer) == delivery.ANSWER_BYTES


def test_a_redirect_is_not_followed(world, receiver):
    make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    receiver.answer = plain_answer(307, Location="/elsewhere")

    delivery.deliver_due()

    assert len(receiver.got) == 1
    assert WebhookAttempt.objects.get().status == 307
    assert waiting().exists()


def test_an_answer_that_drips_in_is_cut_off(world, receiver, monkeypatch):
    monkeypatch.setattr(delivery, "WHOLE_TIMEOUT_S", 0.5)
    make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    stop = threading.Event()

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while not stop.wait(0.05) and number < 1000:
            number += 1
            try:
                handler.wfile.write(b"X-Drop: 1\r\n" if number < 90 else b"X")
                handler.wfile.flush()
            except OSError:
                return

    receiver.answer = drip
    delivery.deliver_due()
    stop.set()

    attempt = WebhookAttempt.objects.get()
    assert attempt.status is None
    assert attempt.detail
    assert waiting().exists()


def test_a_closed_port_is_noted_and_tried_again(world, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    make_webhook(world.organization, "http://127.0.0.1:9/")
    make_event(world.plant)

    delivery.deliver_due()

    assert "refused" in WebhookAttempt.objects.get().detail
    assert waiting().get().attempt_count == 1


def test_a_webhook_that_only_fails_is_switched_off_and_on_again(world, receiver):
    webhook = make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    receiver.answer = plain_answer(500)
    delivery.deliver_due()
    webhook.refresh_from_db()
    assert webhook.is_active
    assert webhook.failing_since

    Webhook.objects.update(failing_since=timezone.now() - delivery.PATIENCE)
    due_now()
    delivery.deliver_due()

    webhook.refresh_from_db()
    assert not webhook.is_active
    assert webhook.disabled_at
    due_now()
    assert delivery.deliver_due() == 0
    webhook.is_active = True
    webhook.save()
    receiver.answer = plain_answer(204, b"")
    assert delivery.deliver_due() == 1
    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.disabled_at) == (None, None)


def test_gone_switches_a_webhook_off_at_once(world, receiver):
    make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    receiver.answer = plain_answer(410)

    delivery.deliver_due()

    assert not Webhook.objects.get().is_active


def test_a_failing_address_does_not_hold_up_the_others(world, receiver):
    make_webhook(world.organization, "http://127.0.0.1:9/")
    make_webhook(world.organization, receiver.url)
    for _number in range(3):
        make_event(world.plant, affected_mw=5)

    assert delivery.deliver_due() == 4
    assert len(receiver.got) == 3


@pytest.fixture
def silent_broker(monkeypatch):
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", url)
        yield listener


@pytest.mark.parametrize("listens", [True, False])
def test_who_reports_does_not_wait_for_a_broker_that_is_away(
    world, silent_broker, listens, monkeypatch, django_capture_on_commit_callbacks
):
    if not listens:
        silent_broker.close()
    naps: list[float] = []
    failures: list[type[BaseException]] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", naps.append)

    with django_capture_on_commit_callbacks() as callbacks:
        deliver_soon()
    telling = threading.Thread(target=callbacks[0], daemon=True)
    monkeypatch.setattr(threading, "excepthook", lambda told: failures.append(told.exc_type))
    telling.start()
    telling.join(timeout=20)

    assert not telling.is_alive()
    assert failures == [kombu.exceptions.OperationalError]
    assert naps == []


def test_two_workers_never_hold_the_same_message(committed):
    world = make_world()
    make_webhook(world.organization)
    make_event(world.plant)
    other = connection.copy()

    with transaction.atomic():
        held = delivery.claim(set())
        with other.cursor() as cursor:
            cursor.execute("SET energysys.tenant = 'all'")
            cursor.execute("SELECT id FROM incidents_webhookmessage FOR UPDATE SKIP LOCKED")
            found = cursor.fetchall()
    other.close()

    assert held is not None
    assert found == []


def test_of_two_workers_at_once_one_delivers_a_message(committed, receiver):
    world = make_world()
    make_webhook(world.organization, receiver.url)
    events = [make_event(world.plant, affected_mw=5) for _ in range(6)]
    both = threading.Barrier(2)

    def answer(handler):
        # Each worker has a message in its hands before either goes on.
        if len(receiver.got) <= 2:
            both.wait(timeout=20)
        plain_answer(200)(handler)

    def work():
        try:
            return delivery.deliver_due()
        finally:
            connection.close()

    receiver.answer = answer
    with ThreadPoolExecutor(2) as pool:
        counts = [run.result() for run in [pool.submit(work) for _ in range(2)]]

    told = [headers["webhook-id"] for _path, headers, _body in receiver.got]
    assert len(set(told)) == len(told) == len(events) == sum(counts)
    assert min(counts) >= 1
    assert not waiting().exists()
    assert WebhookAttempt.objects.count() == len(events)


def test_old_messages_are_forgotten_but_not_those_that_wait(world):
    make_webhook(world.organization)
    for reason in ("old", "new", "waits"):
        make_event(world.plant, reason=reason, affected_mw=1)
    long_ago = timezone.now() - 31 * DAY
    done = WebhookMessage.objects.filter(version__reason__in=["old", "new"])
    done.update(state=MessageState.DELIVERED)
    WebhookMessage.objects.exclude(version__reason="new").update(created_at=long_ago)

    delivery.forget_old(30)

    assert set(WebhookMessage.objects.values_list("version__reason", flat=True)) == {"new", "waits"}


def test_a_missing_broker_does_not_lose_a_report(committed, monkeypatch):
    from incidents import tasks

    def no_broker(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.deliver_webhooks, "apply_async", no_broker)
    world = make_world()
    make_webhook(world.organization)

    answer = api_client(world.people["admin"]).post(
        "/api/v1/events/",
        {
            "plant": world.plant.eic,
            "event_type": "failure",
            "reason": "trip",
            "affected_mw": 5,
            "start": timezone.now().isoformat(),
        },
    )

    assert answer.status_code == 201
    assert waiting().count() == 1


def test_a_former_secret_key_signs_as_long_as_it_is_named(world, settings):
    webhook = Webhook.objects.create(organization=world.organization, url="https://example.org/")
    former, now = webhook.secret, timezone.now()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-one-0123456789-abcdefghijklmnopqrstuvwxyz-0123"

    keys = [f"whsec_{base64.b64encode(key).decode()}" for key in webhook.keys_at(now)]

    assert keys == [webhook.secret, former]
    assert webhook.secret != former

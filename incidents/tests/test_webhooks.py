"""Webhooks: what is queued, signed, delivered, tried again, given up; and where none may lead."""

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import kombu.exceptions
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from energysys.clock import DAY
from energysys.testing import api_client, each_cell, make_event, make_world
from incidents.models import PlantEvent
from incidents.services import dismiss_event, end_event, report_event, update_event
from incidents.tasks import deliver_soon
from incidents.webhooks import delivery
from incidents.webhooks.addresses import check_url, is_public
from incidents.webhooks.models import (
    EventKind,
    MessageState,
    Webhook,
    WebhookAttempt,
    WebhookMessage,
)

PAGES = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("incidents:webhooks", "get", 200, 200, 403, 200),
    ("incidents:webhooks", "post", 422, 422, 403, 422),
]
WEBHOOK_PAGES = [
    ("incidents:webhook", "get", 200, 200, 403, 404),
    ("incidents:webhook", "post", 422, 422, 403, 404),
    ("incidents:webhook_rotate", "post", 200, 200, 403, 404),
    ("incidents:webhook_rotate", "get", 405, 405, 405, 405),
    ("incidents:webhook_remove", "post", 302, 302, 403, 404),
    ("incidents:webhook_remove", "get", 405, 405, 405, 405),
]
MESSAGE_PAGES = [
    ("incidents:webhook_resend", "post", 302, 302, 403, 404),
    ("incidents:webhook_resend", "get", 405, 405, 405, 405),
]


class Hooks(http.server.ThreadingHTTPServer):
    daemon_threads = True
    got: list
    answer: Callable
    url: str


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what it gets and answers what the test wants."""

    server: Hooks

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def log_message(self, *args):
        pass


def plain_answer(status, body=b"thanks", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    server = Hooks(("127.0.0.1", 0), Receiver)
    server.got, server.answer = [], plain_answer(200)
    server.url = f"http://127.0.0.1:{server.server_port}/hooks?from=es"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def make_webhook(organization, url="https://example.com/hooks", **fields):
    return Webhook.objects.create(organization=organization, url=url, **fields)


def waiting():
    return WebhookMessage.objects.filter(state=MessageState.WAITING)


def due_now():
    waiting().update(due_at=timezone.now())


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


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.8.9.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "239.1.1.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_no_address_outside_the_public_network_is_public(text):
    assert not is_public(text)


@pytest.mark.parametrize("text", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(text):
    assert is_public(text)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "http://1.1.1.1/",
        "https:///x",
        "https://",
        "https://1.1.1.1:0/",
        "https://1.1.1.1:99999/",
        "https://user:pass@1.1.1.1/",
        "https://1.1.1.1/#part",
        "https://1.1.1.1/ x",
        "https://1.1.1.1/\r\nX: y",
        "https://1.1.1.1\\@127.0.0.1/",
        "https://[::1",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://" + "a" * 70 + ".example/",
        "https://nowhere.invalid/",
    ],
)
def test_an_address_that_nothing_may_be_sent_to_is_refused(url):
    with pytest.raises(ValidationError) as refusal:
        check_url(url)

    assert refusal.value.messages


def resolver(*answers):
    """A name service whose answer changes from one question to the next."""
    left = list(answers)

    def getaddrinfo(host, port, *args, **kwargs):
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(2, 1, 6, "", (each, port)) for each in address.split()]

    return getaddrinfo


def test_one_private_address_of_a_name_refuses_it(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", resolver("1.1.1.1 10.0.0.1"))

    with pytest.raises(ValidationError, match=r"private network|özel"):
        check_url("https://hooks.example/")


def test_a_name_that_leads_elsewhere_after_registration_is_not_connected_to(world, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", resolver("1.1.1.1", "127.0.0.1"))
    check_url("https://hooks.example/")
    make_webhook(world.organization, "https://hooks.example/")
    make_event(world.plant)

    def never(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.create_connection", never)
    delivery.deliver_due()

    assert WebhookAttempt.objects.get().status is None
    assert waiting().exists()


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """However often the name is asked for again, it is not asked."""
    monkeypatch.setattr("socket.getaddrinfo", resolver("1.1.1.1", "127.0.0.1"))
    opened = []

    def open_connection(address, timeout):
        opened.append(address)
        raise OSError("far enough")

    monkeypatch.setattr("socket.create_connection", open_connection)
    with pytest.raises(OSError, match="far enough"):
        delivery.post("https://hooks.example/", b"{}", {})

    assert opened == [("1.1.1.1", 443)]


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


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PAGES))
def test_webhook_list_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page)).status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(WEBHOOK_PAGES))
def test_webhook_page_answers_each_role(client, world, page, method, role, status):
    webhook = make_webhook(world.organization)
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page, args=[webhook.pk])).status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(MESSAGE_PAGES))
def test_message_page_answers_each_role(client, world, page, method, role, status):
    make_webhook(world.organization)
    make_event(world.plant)
    message = WebhookMessage.objects.get()
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page, args=[message.pk])).status_code == status


def test_an_admin_registers_for_the_own_organization_and_sees_the_secret_once(
    client, world, receiver
):
    client.force_login(world.people["admin"])
    entry = {"url": receiver.url, "event_kinds": ["reported", "ended"]}

    answer = client.post(reverse("incidents:webhooks"), entry)

    webhook = Webhook.objects.get()
    assert webhook.organization == world.organization
    assert webhook.secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert webhook.secret not in client.get(webhook.get_absolute_url()).content.decode()


def test_the_page_shows_the_log_and_sends_again(client, world, receiver):
    client.force_login(world.people["admin"])
    webhook = make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    delivery.deliver_due()
    message = WebhookMessage.objects.get()

    page = client.get(webhook.get_absolute_url()).content.decode()
    client.post(reverse("incidents:webhook_resend", args=[message.pk]))
    delivery.deliver_due()

    assert "thanks" in page
    assert len(receiver.got) == 2
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]


def test_the_api_registers_rotates_and_removes(world, receiver):
    client = api_client(world.people["admin"])

    made = client.post("/api/v1/webhooks/", {"url": receiver.url, "event_kinds": ["reported"]})
    row = f"/api/v1/webhooks/{made.json()['id']}/"
    read = client.get(row)
    rotated = client.post(f"{row}rotate-secret/")

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["organization"] == world.organization.eic
    assert "secret" not in read.json()
    assert rotated.json()["secret"] != made.json()["secret"]
    assert client.delete(row).status_code == 204
    assert client.get(row).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "nonsense"}, "/url"),
        ({}, "/url"),
        ({"url": "https://1.1.1.1/", "event_kinds": ["born"]}, "/event_kinds/0"),
        ({"url": "https://1.1.1.1/", "organization": "40X0000000000000"}, "/organization"),
    ],
)
def test_the_api_refuses_at_the_field(world, body, pointer):
    answer = api_client(world.people["admin"]).post("/api/v1/webhooks/", body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_an_empty_choice_of_kinds_is_refused(world):
    answer = api_client(world.people["admin"]).post(
        "/api/v1/webhooks/", {"url": "https://1.1.1.1/", "event_kinds": []}
    )

    assert answer.status_code == 400


def test_a_super_admin_names_the_organization(world):
    client = api_client(world.people["super_admin"])

    without = client.post("/api/v1/webhooks/", {"url": "https://1.1.1.1/"})
    named = client.post(
        "/api/v1/webhooks/",
        {"url": "https://1.1.1.1/", "organization": world.other_organization.eic},
    )

    assert without.json()["errors"][0]["pointer"] == "/organization"
    assert named.json()["organization"] == world.other_organization.eic


def test_the_api_shows_the_log_of_ones_own_organization_only(world, receiver):
    make_webhook(world.organization, receiver.url)
    make_event(world.plant)
    delivery.deliver_due()
    url = "/api/v1/webhook-messages/"

    (row,) = api_client(world.people["admin"]).get(url).json()["results"]

    assert row["attempts"][0]["status"] == 200
    assert row["state"] == "delivered"
    assert api_client(world.people["admin"]).get(f"{url}{row['id']}/").json() == row
    assert api_client(world.people["outsider"]).get(url).json()["results"] == []
    again = api_client(world.people["admin"]).post(f"{url}{row['id']}/resend/")
    assert again.status_code == 202
    assert waiting().exists()


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

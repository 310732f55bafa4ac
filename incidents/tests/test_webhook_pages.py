"""Webhooks in the pages and the API."""

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.testing import api_client, each_cell, make_event
from incidents.tests.receiving import make_webhook, waiting
from incidents.webhooks import delivery
from incidents.webhooks.models import (
    Webhook,
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


def test_the_list_tells_which_webhook_fails(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"
    webhook = make_webhook(world.organization)
    shown = {}

    for failing_since in (None, timezone.now()):
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=failing_since)
        row = client.get(reverse("incidents:webhooks")).content.decode().split("<tbody>")[1]
        shown[failing_since] = [word for word in ("Active", "Failing") if word in row]

    assert list(shown.values()) == [["Active"], ["Failing"]]


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

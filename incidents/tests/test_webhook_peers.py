"""What the library of Standard Webhooks itself says of our messages.

uv run --group peers pytest -m peers
"""

import pytest
from django.utils import timezone

from energysys.clock import DAY
from energysys.testing import make_event
from incidents.tests.receiving import make_webhook
from incidents.webhooks import delivery
from incidents.webhooks.models import WebhookMessage

pytestmark = pytest.mark.peers

BODY = b'{"type":"plant_event.reported","data":{"reason":"\xc5\x9falter"}}'


@pytest.fixture
def message(world):
    make_webhook(world.organization)
    make_event(world.plant, affected_mw=10)
    return WebhookMessage.objects.get()


def test_a_receiver_verifies_what_is_signed(message):
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    headers = delivery.signed_headers(message, BODY, timezone.now())
    receiver = Webhook(message.webhook.secret)

    assert receiver.verify(BODY, headers)["data"]["reason"] == "şalter"
    for body, told in (
        (BODY.replace(b"reported", b"dismissed"), headers),
        (BODY, headers | {"webhook-id": "another"}),
        (BODY, delivery.signed_headers(message, BODY, timezone.now() - DAY)),
    ):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, told)


def test_a_receiver_with_the_secret_before_verifies_for_a_day(message):
    from standardwebhooks.webhooks import Webhook

    before = Webhook(message.webhook.secret)
    message.webhook.rotate(timezone.now())

    headers = delivery.signed_headers(message, BODY, timezone.now())

    assert before.verify(BODY, headers) == Webhook(message.webhook.secret).verify(BODY, headers)

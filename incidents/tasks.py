"""What Celery runs for plant events; every task is safe to run twice."""

from __future__ import annotations

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction

from incidents.webhooks import delivery

# Nobody who reports an event waits for a broker that is away: not again, and at most a second.
AT_ONCE = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}


@shared_task(name="incidents.deliver_webhooks")
def deliver_webhooks() -> int:
    return delivery.deliver_due()


@shared_task(name="incidents.forget_webhook_messages")
def forget_webhook_messages() -> int:
    return delivery.forget_old(settings.WEBHOOK_LOG_DAYS)


def deliver_soon() -> None:
    """Deliver when the transaction is committed; without a broker, beat does a little later."""

    def send() -> None:
        # A connection of its own, because one that workers share waits for a broker to come back.
        with current_app.connection_for_write(transport_options=AT_ONCE) as broker:
            deliver_webhooks.apply_async(connection=broker, retry=False, expires=30)  # type: ignore[call-arg]

    transaction.on_commit(send, robust=True)

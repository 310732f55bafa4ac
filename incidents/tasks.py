"""What Celery runs for plant events; every task is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.db import transaction

from incidents.webhooks import delivery


@shared_task(name="incidents.deliver_webhooks")
def deliver_webhooks() -> int:
    return delivery.deliver_due()


@shared_task(name="incidents.forget_webhook_messages")
def forget_webhook_messages() -> int:
    return delivery.forget_old(settings.WEBHOOK_LOG_DAYS)


def deliver_soon() -> None:
    """Deliver when the transaction is committed; without a broker, beat does a little later."""

    def send() -> None:
        deliver_webhooks.apply_async(retry=False, expires=30)

    transaction.on_commit(send, robust=True)

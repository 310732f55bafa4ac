"""What Celery runs; every task is safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import DatabaseError
from django.utils import timezone

from simulation import engine

RETRIES: dict[str, Any] = {
    "autoretry_for": (DatabaseError,),
    "retry_backoff": 5,
    "max_retries": 8,
}


@shared_task(name="simulation.simulate_due_days", **RETRIES)
def simulate_due_days() -> int:
    return engine.catch_up(timezone.now())


@shared_task(name="simulation.prune", **RETRIES)
def prune() -> int:
    return engine.prune(timezone.now())


@worker_ready.connect
def catch_up_at_start(**signal: Any) -> None:
    """A day that passed while no worker ran is simulated as soon as one does."""
    simulate_due_days.delay()

"""The Celery application and its schedule; both run in `celery -A energysys worker|beat`."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "energysys.settings")
# Workers act for every organization; only web requests are narrowed to one.
os.environ.setdefault("PGOPTIONS", "-c energysys.tenant=all")

app = Celery("energysys")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "simulate the UTC day that begins": {
        "task": "simulation.simulate_due_days",
        "schedule": crontab(hour=0, minute=0),
    },
    # For a midnight at which broker or database was away.
    "catch up on UTC days that were missed": {
        "task": "simulation.simulate_due_days",
        "schedule": crontab(minute=30),
        "options": {"expires": 1800},
    },
    "deliver webhook messages that are due": {
        "task": "incidents.deliver_webhooks",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "forget old webhook messages": {
        "task": "incidents.forget_webhook_messages",
        "schedule": crontab(hour=3, minute=45),
    },
    "prune days past retention": {
        "task": "simulation.prune",
        "schedule": crontab(hour=3, minute=30),
    },
}

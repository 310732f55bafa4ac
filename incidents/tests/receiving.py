"""A receiver of webhooks in the test's own process, and what most tests of them need."""

import http.server
from collections.abc import Callable

from django.utils import timezone

from incidents.webhooks.models import (
    MessageState,
    Webhook,
    WebhookMessage,
)


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


def make_webhook(organization, url="https://example.com/hooks", **fields):
    return Webhook.objects.create(organization=organization, url=url, **fields)


def waiting():
    return WebhookMessage.objects.filter(state=MessageState.WAITING)


def due_now():
    waiting().update(due_at=timezone.now())

"""Webhooks over TLS: only who shows a good certificate of the name gets a message.

uv run --group peers pytest -m peers
"""

import contextlib
import datetime as dt
import ssl
import threading

import pytest

from energysys.testing import make_event
from incidents.tests.receiving import Hooks, Receiver, plain_answer
from incidents.webhooks import delivery
from incidents.webhooks.models import MessageState, Webhook, WebhookMessage

pytestmark = pytest.mark.peers


@pytest.fixture
def authority(settings, monkeypatch, tmp_path):
    """A certificate authority that this machine trusts for the time of the test, alone."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    return authority


class SecretHooks(Hooks):
    """A refused handshake is what some of these tests are about."""

    def handle_error(self, request, client_address):
        pass


@contextlib.contextmanager
def listening(certificate, oldest=ssl.TLSVersion.TLSv1_2):
    server = SecretHooks(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = oldest
    certificate.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.got, server.answer = [], plain_answer(200)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def deliver(world, certificate, host="localhost"):
    """What the receiver got, and the attempt that the log keeps."""
    with listening(certificate) as server:
        url = f"https://{host}:{server.server_port}/hooks"
        Webhook.objects.create(organization=world.organization, url=url)
        make_event(world.plant, affected_mw=10)
        assert delivery.deliver_due() == 1
        message = WebhookMessage.objects.get()
        return server.got, message, message.attempts.get()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_trusted_certificate_of_the_name_gets_the_message(world, authority, host):
    got, message, attempt = deliver(world, authority.issue_cert(host), host)

    assert len(got) == 1
    assert (message.state, attempt.status) == (MessageState.DELIVERED, 200)


def test_a_certificate_of_another_name_gets_nothing(world, authority):
    got, message, attempt = deliver(world, authority.issue_cert("other.example"))

    assert got == []
    assert (message.state, attempt.status) == (MessageState.WAITING, None)
    assert "certificate" in attempt.detail.lower()
    assert "localhost" in attempt.detail


def test_a_certificate_of_an_unknown_authority_gets_nothing(world, authority):
    import trustme

    got, message, attempt = deliver(world, trustme.CA().issue_cert("localhost"))

    assert got == []
    assert (message.state, attempt.status) == (MessageState.WAITING, None)
    assert "certificate verify failed" in attempt.detail


def test_a_certificate_that_has_ended_gets_nothing(world, authority):
    ended = authority.issue_cert("localhost", not_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    got, message, attempt = deliver(world, ended)

    assert got == []
    assert message.state == MessageState.WAITING
    assert "expired" in attempt.detail


def test_plain_http_behind_an_https_address_is_noted(world, authority, receiver):
    url = receiver.url.replace("http://", "https://")
    Webhook.objects.create(organization=world.organization, url=url)
    make_event(world.plant, affected_mw=10)

    delivery.deliver_due()

    assert receiver.got == []
    assert "SSL" in WebhookMessage.objects.get().attempts.get().detail

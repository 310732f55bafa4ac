"""What tests of webhooks share."""

import threading

import pytest

from incidents.tests.receiving import Hooks, Receiver, plain_answer


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

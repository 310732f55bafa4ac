"""Where a webhook may not lead, whatever its name says."""

import pytest
from django.core.exceptions import ValidationError

from energysys.testing import make_event
from incidents.tests.receiving import make_webhook, waiting
from incidents.webhooks import delivery
from incidents.webhooks.addresses import check_url, is_public
from incidents.webhooks.models import (
    WebhookAttempt,
)


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

"""Where a webhook may lead: to the public network only, unless a setting for tests says otherwise.

A name is looked up when it is registered and again when a message is sent, and the connection goes
to the very address that was checked; a name that leads elsewhere meanwhile gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# An IPv4 address in the last 32 bits: translated, compatible.
EMBEDDING = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")]


def check_url(url: str) -> None:
    """Refuse, with a sentence, an address that no message may be sent to."""
    parts = split(url)
    try:
        resolve(parts)
    except OSError:
        raise ValidationError(_("This name does not lead to any address."), code="dns") from None


def split(url: str) -> SplitResult:
    """The parts of a well-formed `https://host[:port]/path?query`."""
    malformed = ValidationError(
        _("Enter an address such as https://example.com/hooks."), code="url"
    )
    schemes = {"https", "http"} if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES else {"https"}
    if not url.isascii() or any(c <= " " or c == "\x7f" for c in url) or "\\" in url:
        raise malformed
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise malformed from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise malformed
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValidationError(
            _("The address must hold neither a password nor a fragment."), code="url"
        )
    return parts


def port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def resolve(parts: SplitResult) -> str:
    """The address to connect to; every address of the name must be public, or none is used."""
    try:
        found = socket.getaddrinfo(parts.hostname, port_of(parts), type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("not a host name") from error
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not addresses:
        raise OSError("no address")
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise ValidationError(
            _("This name leads into a private network, where no message is sent."), code="private"
        )
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an address, and an IPv4 address inside it, belongs to the public network."""
    return all(
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified)
        and not getattr(address, "is_site_local", False)
        for address in with_embedded(ipaddress.ip_address(text.partition("%")[0]))
    )


def with_embedded(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner: list[Address] = []
    if address.sixtofour:
        inner.append(address.sixtofour)
    if address.teredo:
        inner.extend(address.teredo)
    if any(address in net for net in EMBEDDING):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *inner]

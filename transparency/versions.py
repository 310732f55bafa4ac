"""Kept at its first address; see `accounts.versions`."""

from accounts.versions import etag, version

__all__ = ["etag", "version"]

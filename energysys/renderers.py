"""How lists are written; apart from `energysys.api` because DRF's views read it as they load."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, renderers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.settings import api_settings


class CsvRenderer(renderers.BaseRenderer):
    """The rows of a list as CSV; a relation is named by its key."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, media: Any = None, context: Any = None) -> bytes:
        rows = data.get("results", [data]) if isinstance(data, Mapping) else data
        text = io.StringIO()
        if rows:
            writer = csv.DictWriter(text, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return text.getvalue().encode()


class Negotiation(DefaultContentNegotiation):
    """An unknown `format` is a wrong parameter, not a missing resource."""

    def filter_renderers(self, renderers: Any, format: Any) -> Any:
        known = {renderer.format for renderer in renderers}
        if format not in known:
            message = _("The formats are: %(known)s.") % {"known": ", ".join(sorted(known))}
            raise exceptions.ValidationError({api_settings.URL_FORMAT_OVERRIDE: [message]})
        return super().filter_renderers(renderers, format)

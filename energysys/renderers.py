"""How lists are written; apart from `energysys.api` because DRF's views read it as they load."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from rest_framework import renderers


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

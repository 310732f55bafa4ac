"""Keyset pages: they neither repeat nor skip a row while others are written."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

PAGE_ROWS = 100
FORWARDS, BACKWARDS = "n", "p"


class KeysetPage(pagination.BasePagination):
    """A page starts where the last one ended, by the values that the view's `ordering` names.

    `ordering` runs in one direction and ends with the primary key, so no two rows are equal.
    """

    cursor_query_param = "cursor"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.address = request.build_absolute_uri()
        self.names = [name.lstrip("-") for name in view.ordering]
        descending = view.ordering[0].startswith("-")
        direction, last = self.read_cursor(request, queryset.model)
        if (direction == BACKWARDS) != descending:
            rows = queryset.order_by(*(f"-{name}" for name in self.names))
            rows = rows.filter(beyond(self.names, last, "lt")) if last else rows
        else:
            rows = queryset.order_by(*self.names)
            rows = rows.filter(beyond(self.names, last, "gt")) if last else rows
        page = list(rows[: PAGE_ROWS + 1])
        more = len(page) > PAGE_ROWS
        page = page[:PAGE_ROWS]
        if direction == BACKWARDS:
            page.reverse()
        self.next = self.link(FORWARDS, page[-1:], more or direction == BACKWARDS)
        self.previous = self.link(
            BACKWARDS, page[:1], more if direction == BACKWARDS else last is not None
        )
        return page

    def link(self, direction: str, edge: Sequence[Any], wanted: bool) -> str | None:
        if not (wanted and edge):
            return None
        values = [text_of(getattr(edge[0], name)) for name in self.names]
        cursor = base64.urlsafe_b64encode(json.dumps([direction, *values]).encode())
        text = cursor.decode().rstrip("=")
        return str(replace_query_param(self.address, self.cursor_query_param, text))

    def read_cursor(
        self, request: Request, model: type[models.Model]
    ) -> tuple[str, list[Any] | None]:
        text = request.query_params.get(self.cursor_query_param)
        if text is None:
            return FORWARDS, None
        try:
            padded = text + "=" * (-len(text) % 4)
            direction, *values = json.loads(base64.b64decode(padded, altchars="-_", validate=True))
            if direction not in (FORWARDS, BACKWARDS) or not all(type(v) is str for v in values):
                raise ValueError(text)
            return direction, [
                field_of(model, name).to_python(value)
                for name, value in zip(self.names, values, strict=True)
            ]
        except (binascii.Error, DjangoValidationError, TypeError, ValueError) as error:
            message = _("This cursor is none of ours. Start without one.")
            raise exceptions.ValidationError({self.cursor_query_param: [message]}) from error

    def get_paginated_response(self, data: Any) -> Response:
        answer = {"next": self.next, "previous": self.previous, "results": data}
        links = (("next", self.next), ("prev", self.previous))
        # A CSV has no place for them.
        header = ", ".join(f'<{url}>; rel="{name}"' for name, url in links if url)
        return Response(answer, headers={"Link": header} if header else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor_query_param,
                "in": "query",
                "description": "Where the page starts; taken from `next` or `previous`.",
                "schema": {"type": "string"},
            }
        ]


def field_of(model: type[models.Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def text_of(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def beyond(names: Sequence[str], values: Sequence[Any], comparison: str) -> Q:
    """Rows after `values` in the order of `names`; the first column alone can use its index."""
    name, *more = names
    value, *rest = values
    if not more:
        return Q(**{f"{name}__{comparison}": value})
    after = Q(**{f"{name}__{comparison}": value}) | beyond(more, rest, comparison)
    return Q(**{f"{name}__{comparison}e": value}) & after

"""The event feed for programs that send a token or a key."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import renderers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access import signed_in
from energysys.api import refuse_unknown_parameters
from incidents.feeds.atom import MEDIA_TYPE, feed_answer


class AtomRenderer(renderers.BaseRenderer):
    """Lets the view answer with a feed that is already written."""

    media_type = MEDIA_TYPE
    format = "atom"

    def render(self, data: Any, media: Any = None, context: Any = None) -> Any:
        return data


class EventFeedView(APIView):
    """Plant events as an Atom feed (RFC 4287), the last changed first."""

    renderer_classes = (AtomRenderer,)

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiTypes.STR, 304: None})
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, set())
        return feed_answer(request._request, signed_in(request))


urlpatterns = [path("feeds/events/", EventFeedView.as_view(), name="api-event-feed")]

"""The Atom feed (RFC 4287) of the plant events that a person may see: one entry an event."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Role
from accounts.models import User
from energysys.templatetags.market import moment, mw
from incidents.models import EARLIEST, PlantEvent

MEDIA_TYPE = "application/atom+xml"
NEWEST = 100
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class EventFeed(Atom1Feed):
    """Without an entry the feed is as old as can be, so that its tag stays."""

    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else EARLIEST


def feed_answer(request: HttpRequest, user: User) -> HttpResponse:
    """The events that changed last; 304 if the reader has exactly this already."""
    feed = feed_of(request, user)
    body = feed.writeString("utf-8").encode()
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    changed_at = feed.latest_post_date()
    response = HttpResponse(body, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response["ETag"] = etag
    stamp = int(changed_at.timestamp())
    response = get_conditional_response(request, etag, stamp, response) or response
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie", "X-API-Key"])
    return response


def feed_of(request: HttpRequest, user: User) -> EventFeed:
    scope = "all" if user.role == Role.SUPER_ADMIN else user.organization_id
    feed = EventFeed(
        title=f"EnergySys: {_('Plant events')}",
        link=request.build_absolute_uri("/events/"),
        description="",
        language=get_language(),
        feed_url=request.build_absolute_uri(),
        feed_guid=f"urn:energysys:feed:events:{scope}",
        author_name="EnergySys",
    )
    events = PlantEvent.objects.visible_to(user).select_related("plant__organization")
    for event in events.order_by("-changed_at", "-pk")[:NEWEST]:
        feed.add_item(**entry(request, event))
    return feed


def entry(request: HttpRequest, event: PlantEvent) -> dict[str, Any]:
    end = moment(event.ends_at) if event.ends_at else _("open")
    summary = f"{moment(event.starts_at)} – {end} (+03:00). {event.reason}. {event.description}"
    name = f"{event.get_event_type_display()} {mw(event.affected_mw)} MW, {event.plant}"
    if event.dismissed_at:
        name = f"{_('dismissed').capitalize()}: {name}"
    return {
        "title": printable(name),
        "link": request.build_absolute_uri(event.get_absolute_url()),
        "description": escape(printable(summary)),
        "unique_id": f"urn:energysys:event:{event.pk}",
        "pubdate": event.reported_at,
        "updateddate": event.changed_at,
        "author_name": printable(event.plant.organization.name),
        "categories": [event.event_type],
    }


def printable(text: str) -> str:
    """The text without what XML cannot hold."""
    return NOT_IN_XML.sub(" ", text)

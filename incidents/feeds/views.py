"""The event feed for feed readers, and the page where a person gets an address for one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in
from accounts.tenancy import acting_as
from incidents.feeds.atom import feed_answer
from incidents.feeds.models import FeedAddress, make_feed_key, person_of


@require_safe
@login_not_required
def events(request: HttpRequest) -> HttpResponse:
    """The feed of whoever the key in the address belongs to.

    The key stands behind the question mark, which neither access logs nor ours keep.
    """
    person = person_of(request.GET.get("key", ""))
    if person is None:
        raise Http404
    with acting_as(person):
        return feed_answer(request, person)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """A new address is shown in the answer to its making and never again."""
    person = signed_in(request)
    url = ""
    if request.method == "POST":
        query = urlencode({"key": make_feed_key(person)})
        url = request.build_absolute_uri(f"{reverse('incidents:feed')}?{query}")
    standing = FeedAddress.objects.filter(user=person).first()
    return render(request, "incidents/feed.html", {"standing": standing, "url": url})


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    FeedAddress.objects.filter(user=signed_in(request)).delete()
    messages.success(request, _("The feed address is revoked."))
    return redirect("incidents:feed_address")


urlpatterns = [
    path("feeds/", address, name="feed_address"),
    path("feeds/revoke/", revoke, name="feed_revoke"),
    path("feeds/events.atom", events, name="feed"),
]

"""Pages of webhooks: the list, one with its delivery log, and what is done to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import get_editable, signed_in
from accounts.models import User
from incidents.tasks import deliver_soon
from incidents.views import EDITORS
from incidents.webhooks.api import with_attempts
from incidents.webhooks.delivery import resend
from incidents.webhooks.forms import WebhookForm
from incidents.webhooks.models import Webhook, WebhookMessage

MESSAGES_ON_PAGE = 25


def admin_only(request: HttpRequest) -> User:
    person = signed_in(request)
    if person.role not in EDITORS:
        raise PermissionDenied
    return person


def editable(request: HttpRequest, pk: int) -> Webhook:
    return get_editable(admin_only(request), Webhook.objects.all(), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    person = admin_only(request)
    form = WebhookForm(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        webhook = form.save()
        return show(request, webhook, secret=webhook.secret)
    rows = Webhook.objects.visible_to(person).select_related("organization")
    context = {"form": form, "webhooks": rows.order_by("-created_at", "-pk")}
    status = 422 if request.method == "POST" else 200
    return render(request, "incidents/webhooks.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    if request.method != "POST":
        return show(request, found)
    form = WebhookForm(request.POST, user=signed_in(request), instance=found)
    if not form.is_valid():
        return show(request, found, form=form, status=422)
    form.save()
    messages.success(request, _("Saved: %(webhook)s.") % {"webhook": found})
    return redirect(found)


def show(
    request: HttpRequest, found: Webhook, *, status: int = 200, **context: Any
) -> HttpResponse:
    log = with_attempts().filter(webhook=found).order_by("-created_at", "-pk")
    context = {
        "form": WebhookForm(user=signed_in(request), instance=found),
        "webhook": found,
        "page_obj": Paginator(log, MESSAGES_ON_PAGE).get_page(request.GET.get("page")),
    } | context
    return render(request, "incidents/webhook.html", context, status=status)


@never_cache
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    found.rotate(timezone.now())
    return show(request, found, secret=found.secret)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    editable(request, pk).delete()
    messages.success(request, _("The webhook is removed."))
    return redirect("incidents:webhooks")


@require_POST
def send_again(request: HttpRequest, pk: str) -> HttpResponse:
    message = get_editable(admin_only(request), WebhookMessage.objects.all(), pk=pk)
    resend(message)
    deliver_soon()
    messages.success(request, _("The message is sent once more."))
    return redirect(message.webhook)


urlpatterns = [
    path("webhooks/", webhooks, name="webhooks"),
    path("webhooks/<int:pk>/", webhook, name="webhook"),
    path("webhooks/<int:pk>/rotate/", rotate, name="webhook_rotate"),
    path("webhooks/<int:pk>/remove/", remove, name="webhook_remove"),
    path("webhooks/messages/<uuid:pk>/resend/", send_again, name="webhook_resend"),
]

"""Login, logout, password, the reader's language and theme, and the list of people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView, ListView

from accounts.access import Role, RolesMixin, ScopedViewMixin, get_editable, signed_in
from accounts.forms import KeyForm, LoginForm
from accounts.keys import make_key, revoke_key
from accounts.models import ApiKey, User
from energysys.htmx import wants_partial
from energysys.views import InvalidFormMixin

THEMES = ("light", "dark")
YEAR_S = 60 * 60 * 24 * 365


class Login(InvalidFormMixin, auth_views.LoginView):
    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class PasswordChange(InvalidFormMixin, auth_views.PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("dashboard")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie and go back, for readers without a script."""
    chosen = request.POST.get("theme")
    if chosen not in THEMES:
        return HttpResponseBadRequest(_("The theme is light or dark."))
    target = request.POST.get("next", "")
    host = {request.get_host()}
    if target[:1] != "/" or not url_has_allowed_host_and_scheme(target, host, request.is_secure()):
        target = reverse("dashboard")
    response = HttpResponseRedirect(target)
    response.set_cookie("theme", chosen, max_age=YEAR_S, samesite="Lax")
    return response


class UserList(RolesMixin, ScopedViewMixin, ListView):
    """Everyone to a Super Admin, the people of the organization to its Admins."""

    roles = (Role.SUPER_ADMIN, Role.ADMIN)
    queryset = User.objects.select_related("organization").order_by("username", "pk")
    template_name = "accounts/users.html"
    paginate_by = 50

    def get_template_names(self) -> list[str]:
        return ["accounts/_users.html" if wants_partial(self.request) else self.template_name]


class Keys(InvalidFormMixin, FormView):
    """One's own API keys. A new one is shown in the answer to its making and never again."""

    form_class = KeyForm
    template_name = "accounts/keys.html"

    def form_valid(self, form: KeyForm) -> HttpResponse:
        _key, secret = make_key(
            signed_in(self.request),
            form.cleaned_data["name"],
            read_only=form.cleaned_data["read_only"],
            expires_at=form.expires_at(timezone.now()),
        )
        context = self.get_context_data(form=KeyForm(), secret=secret)
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keys = ApiKey.objects.visible_to(signed_in(self.request))
        standing = keys.filter(revoked_at=None, expires_at__gt=timezone.now())
        return super().get_context_data(keys=standing.order_by("-created_at", "-pk"), **kwargs)


@require_POST
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_editable(signed_in(request), ApiKey.objects.all(), pk=pk)
    revoke_key(key)
    messages.success(request, _("The key %(key)s is revoked.") % {"key": key})
    return redirect("accounts:keys")

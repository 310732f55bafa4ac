"""Login, logout, password, the reader's language and theme, and the list of people."""

from __future__ import annotations

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
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from accounts.access import Role, RolesMixin, ScopedViewMixin
from accounts.forms import LoginForm
from accounts.models import User
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

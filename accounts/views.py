"""Login, logout, password, the reader's language and theme, and people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import (
    HttpRequest,
    HttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, FormView, ListView, UpdateView

from accounts.access import (
    Role,
    RolesMixin,
    ScopedViewMixin,
    can_edit,
    get_editable,
    signed_in,
)
from accounts.bulk_views import ListFileMixin
from accounts.filters import STANDINGS, UserListFilter
from accounts.forms import KeyForm, LoginForm, NewPasswordForm, NewUserForm, UserForm
from accounts.imports import USERS
from accounts.keys import make_key, revoke_key
from accounts.models import ApiKey, User
from energysys.lists import FacetedListMixin
from energysys.views import InvalidFormMixin, OneAtATimeMixin

READERS = (Role.SUPER_ADMIN, Role.ADMIN)


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


class UserList(RolesMixin, ListFileMixin, FacetedListMixin, ScopedViewMixin, ListView):
    """Everyone to a Super Admin, the people of the organization to its Admins."""

    roles = READERS
    queryset = User.objects.select_related("organization").order_by("username", "pk")
    filterset_class = UserListFilter
    facet_name = "standing"
    table = USERS
    template_name = "accounts/users.html"
    partial_template_name = "accounts/_users.html"
    paginate_by = 50
    extra_context = {"default_sort": "username"}

    def facet_rules(self) -> dict[str, tuple[Any, Q]]:
        return STANDINGS


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


class UserDetail(RolesMixin, ScopedViewMixin, DetailView):
    roles = READERS
    queryset = User.objects.select_related("organization")
    template_name = "accounts/user.html"
    context_object_name = "person"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_edit = can_edit(signed_in(self.request), self.object)
        return super().get_context_data(may_edit=may_edit, **kwargs)


class SaveUserMixin(InvalidFormMixin):
    request: HttpRequest
    saved: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": signed_in(self.request)}  # type: ignore[misc]

    def form_valid(self, form: UserForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        messages.success(self.request, self.saved % {"user": form.instance})
        return response


class UserCreate(RolesMixin, SaveUserMixin, CreateView):
    roles = (Role.SUPER_ADMIN,)
    model = User
    form_class = NewUserForm
    template_name = "accounts/user_form.html"
    saved = gettext_lazy("%(user)s can log in now.")

    def get_initial(self) -> dict[str, Any]:
        return {"organization": self.request.GET.get("organization", "")}


class UserUpdate(OneAtATimeMixin, RolesMixin, SaveUserMixin, ScopedViewMixin, UpdateView):
    roles = READERS
    edits = True
    queryset = User.objects.select_related("organization")
    form_class = UserForm
    template_name = "accounts/user_form.html"
    saved = gettext_lazy("Saved: %(user)s.")


class UserPassword(RolesMixin, InvalidFormMixin, ScopedViewMixin, UpdateView):
    """A Super Admin sets the password of somebody who has lost it."""

    roles = READERS
    edits = True
    queryset = User.objects.all()
    context_object_name = "person"
    form_class = NewPasswordForm
    template_name = "accounts/user_password.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs | {"user": kwargs.pop("instance")}

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        form.save()
        # Whoever changes their own password here stays logged in.
        if self.object == self.request.user:
            update_session_auth_hash(self.request, self.object)
        messages.success(self.request, _("%(user)s has a new password.") % {"user": self.object})
        return redirect(self.object)


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a closed person in again, or close one: sessions and tokens end at once."""
    if signed_in(request).role not in READERS:
        raise PermissionDenied
    person = get_editable(signed_in(request), User.objects.all(), pk=pk)
    person.is_active = request.POST.get("active") == "yes"
    try:
        person.full_clean()
        person.save(update_fields=["is_active"])
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        done = _("%(user)s can log in again.") if person.is_active else _("%(user)s is closed.")
        messages.success(request, done % {"user": person})
    return redirect("accounts:user", pk=pk)

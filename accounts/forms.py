"""Forms about the person who is signed in, and about others."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from energysys.fields import UnchangedForm

LIVES = [(30, _("30 days")), (90, _("90 days")), (365, _("1 year"))]


class LoginForm(auth_forms.AuthenticationForm):
    """User name in any case, and password."""

    error_messages = {
        "invalid_login": _("The user name or the password is wrong."),
        "inactive": _("This account is closed."),
    }


class KeyForm(forms.ModelForm):
    """A new API key: what it is called, whether it may change anything, how long it lives."""

    days = forms.TypedChoiceField(label=_("valid for"), choices=LIVES, coerce=int, initial=90)

    class Meta:
        model = ApiKey
        fields = ("name", "read_only")

    def expires_at(self, now: dt.datetime) -> dt.datetime:
        return now + dt.timedelta(days=self.cleaned_data["days"])


def password_rules() -> str:
    return " ".join(password_validators_help_texts())


class UserForm(UnchangedForm):
    """A person: who it is, what it may do and for which organization."""

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "organization"]
        widgets = {
            "username": forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
            "full_name": forms.TextInput({"autocomplete": "off"}),
            "email": forms.EmailInput({"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization: Any = self.fields["organization"]
        organization.queryset = organization.queryset.visible_to(user).order_by("name")
        organization.to_field_name = "eic"
        organization.empty_label = _("None (Super Admin)")
        if self.instance.organization:
            self.initial["organization"] = self.instance.organization.eic

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("A user with that user name already exists."), code="unique")
        return name


class NewUserForm(UserForm):
    """The same with a first password, which the person changes after the first login."""

    new_password = forms.CharField(
        label=_("first password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=lazy(password_rules, str)(),
    )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # Only now does the instance have the names that a password must not resemble.
        password = self.cleaned_data.get("new_password")
        if password:
            try:
                validate_password(password, self.instance)
            except ValidationError as refusal:
                self.add_error("new_password", refusal)
            else:
                self.instance.set_password(password)


class NewPasswordForm(auth_forms.SetPasswordForm):
    """A new password for somebody else; their sessions end with the old one."""

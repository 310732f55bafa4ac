"""Forms about the person who is signed in."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey

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

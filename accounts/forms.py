"""Forms about the person who is signed in."""

from __future__ import annotations

from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _


class LoginForm(auth_forms.AuthenticationForm):
    """User name in any case, and password."""

    error_messages = {
        "invalid_login": _("The user name or the password is wrong."),
        "inactive": _("This account is closed."),
    }

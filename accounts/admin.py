from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User

admin.site.site_header = admin.site.site_title = "EnergySys"


class UserForm(forms.ModelForm):
    """A password is asked for a new person; for a known one an empty field keeps it."""

    new_password = forms.CharField(
        label=_("password"), required=False, widget=forms.PasswordInput, strip=False
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "role", "organization", "is_active")

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password or self.instance.pk is None:
            validate_password(password, self.instance)
        return password


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = UserForm
    list_display = ("username", "full_name", "role", "organization", "is_active", "last_login")
    list_filter = ("role", "is_active", "organization")
    list_select_related = ("organization",)
    search_fields = ("username", "full_name", "email")
    ordering = ("username",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A person is deactivated: what they reported stays theirs.
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if form.cleaned_data.get("new_password"):
            obj.set_password(form.cleaned_data["new_password"])
        super().save_model(request, obj, form, change)

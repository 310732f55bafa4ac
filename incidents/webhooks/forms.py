"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assets.models import Organization
from incidents.webhooks.models import EventKind, Webhook


class WebhookForm(forms.ModelForm):
    event_kinds = forms.MultipleChoiceField(
        label=_("told when an event is"),
        choices=lambda: [(kind.value, capfirst(kind.label)) for kind in EventKind],
        widget=forms.CheckboxSelectMultiple,
        initial=list(EventKind.values),
    )

    class Meta:
        model = Webhook
        fields = ["organization", "url", "event_kinds", "is_active"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].widget.attrs |= {"inputmode": "url", "autocomplete": "off"}
        organizations = Organization.objects.visible_to(user).order_by("name")
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
        if self.instance.pk or user.organization:
            del self.fields["organization"]
        if not self.instance.pk:
            del self.fields["is_active"]
            if user.organization:
                self.instance.organization = user.organization

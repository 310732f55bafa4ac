"""The filter of people as their page shows it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.access import Role, signed_in
from accounts.models import User
from energysys.lists import SortFilter
from energysys.search import Fold, has_words, spaced

# What the facets of the page offer: the roles of those who may log in, and those who may not.
STANDINGS = {
    "": (_("All"), Q()),
    **{role.value: (role.label, Q(role=role, is_active=True)) for role in Role},
    "closed": (_("Closed"), Q(is_active=False)),
}


def visible_organizations(request: HttpRequest | None) -> QuerySet[Any]:
    """Organizations to choose from; assets is above this app, so reached through the relation."""
    organizations: Any = User._meta.get_field("organization").related_model
    if request is None:
        return organizations.objects.none()
    return organizations.objects.visible_to(signed_in(request)).order_by("name")


class UserListFilter(filters.FilterSet):
    q = filters.CharFilter(method="filter_text", label=_("Name contains"))
    organization = filters.ModelChoiceFilter(
        queryset=visible_organizations,
        to_field_name="eic",
        label=_("organization"),
        empty_label=_("All organizations"),
    )
    standing = filters.ChoiceFilter(
        choices=[(value, label) for value, (label, _rule) in STANDINGS.items() if value],
        method="filter_standing",
        label=_("Role"),
    )
    sort = SortFilter(
        fields={
            "username": "username",
            "full_name": "name",
            "role": "role",
            "organization__name": "organization",
            "last_login": "last_login",
        }
    )

    class Meta:
        model = User
        fields = ["q", "organization", "standing"]

    def filter_text(self, queryset: Any, name: str, value: str) -> Any:
        people = queryset.alias(folded=Fold(spaced("username", "full_name", "email")))
        return people.filter(has_words(value))

    def filter_standing(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(STANDINGS[value][1])

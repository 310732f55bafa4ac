"""Lists that people sort and cut by facets: `sort` and one filter shown as counted links."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django_filters import rest_framework as filters

from energysys.htmx import wants_partial
from energysys.views import FilteredListMixin


class SortFilter(filters.OrderingFilter):
    """`sort=name` or `sort=-name`; rows without a value come last, equal ones by primary key."""

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        wishes = [wish for wish in value or () if wish]
        if not wishes:
            return queryset
        orders = []
        for wish in wishes:
            field = F(self.get_ordering_value(wish).removeprefix("-"))
            descends = wish.startswith("-")
            orders.append(field.desc(nulls_last=True) if descends else field.asc(nulls_last=True))
        return queryset.order_by(*orders, "-pk" if wishes[0].startswith("-") else "pk")


class Facet(NamedTuple):
    """A value of the facet's filter, its name, and how many rows the other filters leave it."""

    value: str
    label: Any
    rows: int
    is_current: bool


class FacetedListMixin(FilteredListMixin):
    """A filtered list whose filter `facet_name` is offered as links with counts.

    `facet_rules` gives each value its label and its condition; the empty value stands for all.
    """

    facet_name: str

    def facet_rules(self) -> dict[str, tuple[Any, Q]]:
        raise NotImplementedError

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        self.facets = self.count_facets() if self.filterset.form.is_valid() else []
        return rows

    def count_facets(self) -> list[Facet]:
        rules = self.facet_rules()
        rows = self.filterset.queryset.order_by()
        for name, value in self.filterset.form.cleaned_data.items():
            if name not in (self.facet_name, "sort"):
                rows = self.filterset.filters[name].filter(rows, value)
        counts = rows.aggregate(
            **{f"rows_{n}": Count("pk", filter=rule) for n, (_, rule) in enumerate(rules.values())}
        )
        chosen = self.filterset.form.cleaned_data[self.facet_name] or ""
        return [
            Facet(value, label, counts[f"rows_{n}"], value == chosen)
            for n, (value, (label, _)) in enumerate(rules.items())
        ]

    def get_paginator(self, *args: Any, **kwargs: Any) -> Paginator:
        """The chosen facet has counted the rows already."""
        paginator: Paginator = super().get_paginator(*args, **kwargs)  # type: ignore[misc]
        for facet in self.facets:
            if facet.is_current:
                paginator.count = facet.rows
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # In a part of the page they come along, to be swapped beside the list.
        is_part = wants_partial(self.request)
        context: dict[str, Any] = super().get_context_data(
            facets=self.facets, is_part=is_part, **kwargs
        )
        return context

"""The only module that turns a person into a filter, a refusal or a choice.

Outside one's organization a thing does not exist (404); inside, with too low a role, it is
forbidden (403).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from rest_framework.request import Request

    from accounts.models import User

M = TypeVar("M", bound=models.Model)


class Role(models.TextChoices):
    SUPER_ADMIN = "super_admin", _("Super Admin")
    ADMIN = "admin", _("Admin")
    ANALYST = "analyst", _("Analyst")


class ScopedQuerySet(models.QuerySet[M]):
    """Rows that belong to an organization, reached through `organization_path`."""

    organization_path = "organization"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows that `user` may read; none for someone without an organization."""
        if user.is_anonymous or not user.is_active:
            return self.none()
        if user.role == Role.SUPER_ADMIN:
            return self.all()
        # `filter(organization=None)` would mean IS NULL and match rows of nobody.
        if user.organization_id is None:
            return self.none()
        return self.filter(**{self.organization_path: user.organization_id})

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """The rows that `user` may change: all of a Super Admin's, by default nobody else's."""
        return self.visible_to(user) if is_super_admin(user) else self.none()


class OrganizationRunQuerySet(ScopedQuerySet[M]):
    """Rows that the Admins of an organization run themselves."""

    def editable_by(self, user: User | AnonymousUser) -> Self:
        if user.is_anonymous or user.role == Role.ANALYST:
            return self.none()
        return self.visible_to(user)


def is_super_admin(user: User | AnonymousUser) -> bool:
    return not user.is_anonymous and user.role == Role.SUPER_ADMIN


def signed_in(request: HttpRequest | Request) -> User:
    """The person behind a request that passed the login check."""
    return cast("User", request.user)


def get_visible_or_404(user: User, queryset: ScopedQuerySet[M], **lookup: Any) -> M:
    return get_object_or_404(queryset.visible_to(user), **lookup)


def get_editable(user: User, queryset: ScopedQuerySet[M], **lookup: Any) -> M:
    """The row that `user` may change; 404 outside the organization, 403 with too low a role."""
    found = get_visible_or_404(user, queryset, **lookup)
    if not can_edit(user, found):
        raise PermissionDenied
    return found


def can_edit(user: User | AnonymousUser, row: models.Model) -> bool:
    queryset = cast("ScopedQuerySet[Any]", type(row)._default_manager.all())
    return queryset.editable_by(user).filter(pk=row.pk).exists()


def can_create(user: User | AnonymousUser, model: type[models.Model]) -> bool:
    """Whether the role, whatever the organization, may make such rows."""
    if user.is_anonymous:
        return False
    if user.role == Role.SUPER_ADMIN:
        return True
    runs_its_own = isinstance(model._default_manager.all(), OrganizationRunQuerySet)
    return runs_its_own and user.role == Role.ADMIN


class RolesMixin:
    """A page for the given roles only; others get 403."""

    roles: tuple[Role, ...] = tuple(Role)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        user = request.user
        if not user.is_anonymous and user.role not in self.roles:
            raise PermissionDenied


class ScopedViewMixin:
    """Pages over a scoped queryset; with `edits` the person must be allowed to change the row."""

    edits = False
    request: HttpRequest

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().visible_to(signed_in(self.request))  # type: ignore[misc]

    def get_object(self, queryset: models.QuerySet[Any] | None = None) -> models.Model:
        found: models.Model = super().get_object(queryset)  # type: ignore[misc]
        if self.edits and not can_edit(signed_in(self.request), found):
            raise PermissionDenied
        return found

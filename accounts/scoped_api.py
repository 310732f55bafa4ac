"""The API's side of `accounts.access`: relations, permissions and viewsets cut to a person."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from rest_framework import permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access import Role, ScopedQuerySet, can_create, can_edit, signed_in


class VisibleRelatedField(serializers.SlugRelatedField[Any]):
    """A relation whose choices are the rows that the person may see."""

    def get_queryset(self) -> models.QuerySet[Any]:
        queryset = cast("ScopedQuerySet[Any]", super().get_queryset())
        return queryset.visible_to(signed_in(self.context["request"]))


class RolePermission(permissions.BasePermission):
    """Reading for the view's `read_roles`, creating and changing as `editable_by` says."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = signed_in(request)
        if user.role not in getattr(view, "read_roles", tuple(Role)):
            return False
        if request.method == "POST" and not view.kwargs:
            return can_create(user, view.queryset.model)  # type: ignore[attr-defined]
        return True

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        return request.method in permissions.SAFE_METHODS or can_edit(signed_in(request), obj)


class ScopedReadOnlyViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """A list and its rows, cut to what the person may see."""

    permission_classes = (permissions.IsAuthenticated, RolePermission)
    read_roles: tuple[Role, ...] = tuple(Role)

    def get_queryset(self) -> models.QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        queryset = cast("ScopedQuerySet[Any]", super().get_queryset())
        return queryset.visible_to(signed_in(self.request))


class ScopedModelViewSet(ScopedReadOnlyViewSet, viewsets.ModelViewSet[Any]):
    """The same with creating and changing; nothing is deleted through the API."""

    http_method_names = ["get", "post", "put", "patch", "head", "options"]

"""The API's side of `accounts.access`: relations, permissions and viewsets cut to a person."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.db import models, transaction
from django.utils import timezone
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import idempotency
from accounts.access import Role, ScopedQuerySet, can_create, can_edit, signed_in
from accounts.conditional import (
    answer_tag,
    is_known,
    not_modified,
    require_match,
    row_tag,
    tagged,
    with_tag,
)


class VisibleRelatedField(serializers.SlugRelatedField[Any]):
    """A relation whose choices are the rows that the person may see."""

    known: dict[str, Any] | None = None

    def get_queryset(self) -> models.QuerySet[Any]:
        queryset = cast("ScopedQuerySet[Any]", super().get_queryset())
        return queryset.visible_to(signed_in(self.context["request"]))

    def look_up(self, names: set[str]) -> None:
        """Fetch the rows of many names at once; no other name is known from now on."""
        rows = self.get_queryset().filter(**{f"{self.slug_field}__in": names})
        self.known = {str(getattr(row, str(self.slug_field))): row for row in rows}

    def to_internal_value(self, data: Any) -> Any:
        if self.known is None:
            return super().to_internal_value(data)
        if data not in self.known:
            self.fail("does_not_exist", slug_name=self.slug_field, value=data)
        return self.known[data]


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


class ConditionalReadMixin:
    """Rows and lists with an ETag, and 304 for who has them."""

    request: Any
    # Whether `accounts.versions` knows of every write to what the list shows, so that a list which
    # is known need not be read.
    is_counted = False

    def seen_with(self) -> tuple[object, ...]:
        """What the list depends on beyond what `accounts.versions` knows."""
        return ()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if not self.is_counted:
            return tagged(request, super().list(request, *args, **kwargs))  # type: ignore[misc]
        tag = answer_tag(request, timezone.now(), *self.seen_with())
        if is_known(request, tag):
            return not_modified(tag)
        return with_tag(super().list(request, *args, **kwargs), tag)  # type: ignore[misc]

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return tagged(request, super().retrieve(request, *args, **kwargs))  # type: ignore[misc]


class ReplayMixin:
    """`Idempotency-Key` on every POST, unless its answer holds a secret that is kept nowhere."""

    request: Any
    post: Any
    replays = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if self.replays and request.method == "POST" and idempotency.HEADER in request.headers:
            self.post = partial(idempotency.once, self.post)


class ScopedViewSetBase(viewsets.GenericViewSet[Any]):
    """Rows cut to what the person may see."""

    permission_classes: tuple[Any, ...] = (permissions.IsAuthenticated, RolePermission)
    read_roles: tuple[Role, ...] = tuple(Role)
    ordering: tuple[str, ...]

    def get_queryset(self) -> models.QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        queryset = cast("ScopedQuerySet[Any]", super().get_queryset())
        return queryset.visible_to(signed_in(self.request))


class ScopedReadOnlyViewSet(
    ConditionalReadMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSetBase
):
    """A list and its rows."""


class ScopedModelViewSet(
    ConditionalReadMixin, ReplayMixin, ScopedViewSetBase, viewsets.ModelViewSet[Any]
):
    """The same with creating and changing; nothing is deleted unless a view says so."""

    http_method_names = ["get", "post", "put", "patch", "head", "options"]

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().create(request, *args, **kwargs)
        return with_tag(answer, row_tag(answer.data))

    def get_success_headers(self, data: Any) -> dict[str, str]:
        key = data[self.lookup_field if self.lookup_field in data else "id"]
        return {"Location": f"{self.request.path}{key}/"}

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the row that the client has read: nobody else's change is overwritten."""
        with transaction.atomic():
            row = self.get_object()
            type(row)._base_manager.select_for_update().filter(pk=row.pk).first()
            require_match(request, row_tag(self.get_serializer(self.get_object()).data))
            answer = super().update(request, *args, **kwargs)
        return with_tag(answer, row_tag(answer.data))

"""Tokens, the person who asks, and people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, mixins, permissions, serializers
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)

from accounts.access import Role, signed_in
from accounts.keys import by_key, make_key, revoke_key
from accounts.models import LONGEST_KEY_LIFE, ApiKey, User
from accounts.scoped_api import (
    ConditionalReadMixin,
    ScopedModelViewSet,
    ScopedViewSetBase,
    VisibleRelatedField,
)
from accounts.tokens import LogoutSerializer, RefreshSerializer, TokenSerializer
from energysys.api import CleanModelSerializer, MarketTimeField


@extend_schema_field(OpenApiTypes.STR)
class OrganizationField(VisibleRelatedField):
    """An organization by its EIC; assets is above this app and named only as a string."""

    def get_queryset(self) -> models.QuerySet[Any]:
        self.queryset = apps.get_model("assets", "Organization")._default_manager.all()
        return super().get_queryset()


class UserSerializer(CleanModelSerializer):
    organization = OrganizationField(
        slug_field="eic", queryset=User.objects.none(), allow_null=True, required=False
    )
    password = serializers.CharField(write_only=True, required=False, trim_whitespace=False)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "full_name",
            "email",
            "role",
            "organization",
            "is_active",
            "last_login",
            "password",
        ]
        read_only_fields = ["last_login"]

    def validate_password(self, password: str) -> str:
        validate_password(password, User(username=str(self.initial_data.get("username", ""))))
        return password

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        password = attrs.pop("password", None)
        if password is not None:
            # The hash stands in for it from here on; the clear text goes no further.
            attrs["password"] = self.hashed(password)
        elif self.instance is not None:
            attrs["password"] = self.instance.password
        else:
            attrs["password"] = self.first_password()
        return super().validate(attrs)

    def hashed(self, password: str) -> str:
        return make_password(password)

    def first_password(self) -> str:
        """What stands for the password of a new person who got none."""
        raise serializers.ValidationError(
            {"password": self.fields["password"].error_messages["required"]}, code="required"
        )


class UserFilter(filters.FilterSet):
    class Meta:
        model = User
        fields = ["role", "is_active"]


class UserViewSet(ScopedModelViewSet):
    """People: a Super Admin's all, an Admin's organization's."""

    queryset = User.objects.select_related("organization")
    serializer_class = UserSerializer
    is_counted = True
    filterset_class = UserFilter
    read_roles = (Role.SUPER_ADMIN, Role.ADMIN)
    ordering = ("username", "pk")

    def seen_with(self) -> tuple[object, ...]:
        # A login is shown, but changes no version.
        return (User.objects.aggregate(at=models.Max("last_login"))["at"],)


class MeSerializer(serializers.ModelSerializer[User]):
    organization = serializers.SlugRelatedField[Any](
        slug_field="eic", read_only=True, allow_null=True
    )

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "organization"]


class Me(ConditionalReadMixin, generics.RetrieveAPIView[User]):
    """The person whose token this is."""

    serializer_class = MeSerializer

    def get_object(self) -> User:
        return signed_in(self.request)


class KeySerializer(CleanModelSerializer):
    """A key without its secret, which only the answer to its making shows."""

    created_at = MarketTimeField(read_only=True)
    expires_at = MarketTimeField()
    last_used_at = MarketTimeField(read_only=True, allow_null=True)
    revoked_at = MarketTimeField(read_only=True, allow_null=True)

    class Meta:
        model = ApiKey
        fields = [
            "id",
            "name",
            "prefix",
            "read_only",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ]


class NewKeySerializer(KeySerializer):
    key = serializers.CharField(read_only=True)

    class Meta(KeySerializer.Meta):
        fields = [*KeySerializer.Meta.fields, "key"]

    def validate_expires_at(self, at: dt.datetime) -> dt.datetime:
        # The constraint says the same of the whole row, which names no field.
        now = timezone.now()
        if not now < at <= now + LONGEST_KEY_LIFE:
            raise serializers.ValidationError(_("A key expires in the future, within a year."))
        return at

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs  # `make_key` checks the whole of it.

    def create(self, attrs: dict[str, Any]) -> ApiKey:
        person = signed_in(self.context["request"])
        key, secret = make_key(person, **{"read_only": True} | attrs)
        key.key = secret
        return key


class LoggedInPerson(permissions.IsAuthenticated):
    """Keys are managed by people: one that leaked must not make others that outlive it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and not by_key(request)


class KeyViewSet(
    ConditionalReadMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    ScopedViewSetBase,
):
    """One's own API keys: machines send them as `X-API-Key`."""

    queryset = ApiKey.objects.all()
    serializer_class = KeySerializer
    permission_classes = (LoggedInPerson,)
    ordering = ("-created_at", "-pk")

    def get_serializer_class(self) -> Any:
        return NewKeySerializer if self.action == "create" else KeySerializer

    def perform_destroy(self, key: ApiKey) -> None:
        """A revoked key is refused from now on, and stays in the list."""
        revoke_key(key)


class TokenView(TokenObtainPairView):
    """Log in: an access token, and the refresh token that gets the next one."""

    serializer_class = TokenSerializer


class RefreshView(TokenRefreshView):
    """A new pair of tokens; the old refresh token ends, and using it again ends them all."""

    serializer_class = RefreshSerializer


class LogoutView(TokenBlacklistView):
    """Log out: every token of this login ends."""

    serializer_class = LogoutSerializer


router = SimpleRouter()
router.register("api-keys", KeyViewSet, basename="api-key")
router.register("users", UserViewSet, basename="api-user")

urlpatterns = [
    path("token/", TokenView.as_view(), name="api-token"),
    path("token/refresh/", RefreshView.as_view(), name="api-token-refresh"),
    path("token/blacklist/", LogoutView.as_view(), name="api-token-blacklist"),
    path("me/", Me.as_view(), name="api-me"),
    path("", include(router.urls)),
]

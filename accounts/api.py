"""Tokens, the person who asks, and people."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.urls import include, path
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.routers import SimpleRouter
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)

from accounts.access import Role, signed_in
from accounts.models import User
from accounts.scoped_api import ScopedModelViewSet, VisibleRelatedField
from accounts.tokens import TokenSerializer
from energysys.api import CleanModelSerializer


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
        if password is None and self.instance is None:
            raise serializers.ValidationError(
                {"password": self.fields["password"].error_messages["required"]}, code="required"
            )
        if password is not None:
            # The hash stands in for it from here on; the clear text goes no further.
            hashed = User()
            hashed.set_password(password)
            attrs["password"] = hashed.password
        elif self.instance is not None:
            attrs["password"] = self.instance.password
        return super().validate(attrs)


class UserFilter(filters.FilterSet):
    class Meta:
        model = User
        fields = ["role", "is_active"]


class UserViewSet(ScopedModelViewSet):
    """People: a Super Admin's all, an Admin's organization's."""

    queryset = User.objects.select_related("organization")
    serializer_class = UserSerializer
    filterset_class = UserFilter
    read_roles = (Role.SUPER_ADMIN, Role.ADMIN)
    ordering = ("username", "pk")


class MeSerializer(serializers.ModelSerializer[User]):
    organization = serializers.SlugRelatedField[Any](slug_field="eic", read_only=True)

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "organization"]


class Me(generics.RetrieveAPIView[User]):
    """The person whose token this is."""

    serializer_class = MeSerializer

    def get_object(self) -> User:
        return signed_in(self.request)


class TokenView(TokenObtainPairView):
    serializer_class = TokenSerializer


router = SimpleRouter()
router.register("users", UserViewSet, basename="api-user")

urlpatterns = [
    path("token/", extend_schema(auth=[])(TokenView).as_view(), name="api-token"),
    path("token/refresh/", TokenRefreshView.as_view(), name="api-token-refresh"),
    path("token/blacklist/", TokenBlacklistView.as_view(), name="api-token-blacklist"),
    path("me/", Me.as_view(), name="api-me"),
    path("", include(router.urls)),
]

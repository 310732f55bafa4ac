"""JSON Web Tokens: who asks, and for which organization."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from accounts.tenancy import set_tenant


class TenantJWTAuthentication(JWTAuthentication):
    """A valid token also narrows the database connection to its person's rows."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        found: tuple[Any, Token] | None = super().authenticate(request)
        if found is not None:
            set_tenant(found[0])
        return found


class TokenSerializer(TokenObtainPairSerializer):
    """Username and password in; `access`, `refresh`, `role`, `username`, `organization` out."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = super().validate(attrs)
        user = cast("User", self.user)
        set_tenant(user)
        organization = user.organization
        return answer | {
            "role": user.role,
            "username": user.username,
            "organization": organization.eic if organization else None,
        }


class TenantJWTScheme(OpenApiAuthenticationExtension):
    """Tells the schema what a token is."""

    target_class = TenantJWTAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

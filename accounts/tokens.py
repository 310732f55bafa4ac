"""JSON Web Tokens: who asks, and for which organization.

A login starts a family: its refresh tokens, each of which replaces the one before, and the access
tokens made with them. All of them end when the family is revoked, which the database does when the
person's password, role, organization or account changes.
"""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.tokens import RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch

from accounts.models import TokenFamily, User
from accounts.tenancy import TENANT, set_tenant

FAMILY = "family"


def start_family(user: User) -> RefreshToken:
    """The first refresh token of a login; `access_token` of it is the first access token."""
    token = RefreshToken.for_user(user)
    with transaction.atomic():
        # Who changed the password while this one was being checked is stronger.
        if not User.objects.select_for_update().filter(pk=user.pk, password=user.password).exists():
            raise TokenError(_("The password has just been changed."))
        user.token_families.filter(expires_at__lt=timezone.now()).delete()
        family = user.token_families.create(
            latest_jti=token["jti"], expires_at=datetime_from_epoch(token["exp"])
        )
    token[FAMILY] = str(family.pk)
    return token


def replace(token: RefreshToken) -> RefreshToken:
    """The successor of a refresh token, which ends; one that ended before ends its whole family.

    Whoever uses a replaced token is either a thief or was robbed: nobody can tell which.
    """
    with transaction.atomic():
        family = standing_family(token)
        if family.latest_jti == token["jti"]:
            token.set_jti()
            token.set_iat()
            token.set_exp()
            family.latest_jti = token["jti"]
            family.expires_at = datetime_from_epoch(token["exp"])
            family.save(update_fields=["latest_jti", "expires_at"])
            return token
        family.revoke()
    raise TokenError(_("This refresh token was used before. Log in again."))


def end_family(token: RefreshToken) -> None:
    """Log out: neither this refresh token nor an access token made with it is good any more."""
    with transaction.atomic():
        standing_family(token).revoke()


def standing_family(token: Token) -> TokenFamily:
    """The family of a token, locked; `TokenError` if it was revoked."""
    families = TokenFamily.objects.select_for_update().filter(revoked_at=None)
    family = families.filter(pk=token.get(FAMILY), user__is_active=True).first()
    if family is None:
        raise TokenError(_("This token was revoked. Log in again."))
    return family


class TenantJWTAuthentication(JWTAuthentication):
    """A valid token also narrows the database connection to its person's rows."""

    def get_user(self, token: Token) -> Any:
        # One statement finds the person and narrows the connection: this precedes every answer.
        people = User.objects.raw(
            f"""SELECT person.*, set_config('energysys.tenant', {TENANT}, false) AS tenant
                FROM accounts_tokenfamily AS family
                JOIN accounts_user AS person ON person.id = family.user_id
                WHERE family.id = %s AND family.revoked_at IS NULL AND person.is_active""",
            [token.get(FAMILY)],
        )
        for person in people:
            return person
        raise InvalidToken(str(_("This token was revoked. Log in again.")))


class TokenSerializer(TokenObtainPairSerializer):
    """Username and password in; `access`, `refresh`, `role`, `username`, `organization` out."""

    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)
    role = serializers.CharField(read_only=True)
    organization = serializers.CharField(read_only=True, allow_null=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The name is answered too, as it is written in the account.
        self.fields[self.username_field] = serializers.CharField()

    @classmethod
    def get_token(cls, user: Any) -> Token:
        return start_family(user)

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


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token in; its successor and a new access token out."""

    refresh = serializers.CharField()
    access = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        token = replace(RefreshToken(attrs["refresh"]))
        return {"access": str(token.access_token), "refresh": str(token)}


class LogoutSerializer(serializers.Serializer[Any]):
    """A refresh token in, nothing out."""

    refresh = serializers.CharField(write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end_family(RefreshToken(attrs["refresh"]))
        return {}


class TenantJWTScheme(OpenApiAuthenticationExtension):
    """Tells the schema what a token is."""

    target_class = TenantJWTAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

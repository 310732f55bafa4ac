"""People in files. A password is only taken, never given out; who comes without one cannot log in
until a Super Admin sets it."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from accounts import bulk_api
from accounts.api import UserSerializer
from accounts.models import User
from energysys.bulk import BulkTable


class ImportedUserSerializer(UserSerializer):
    def hashed(self, password: str) -> str:
        # Hashing takes long on purpose, and a dry run keeps nothing of it.
        return make_password(None) if self.context.get("dry_run") else super().hashed(password)

    def first_password(self) -> str:
        return make_password(None)


USERS = BulkTable(
    kind="users",
    title=_("Users"),
    rows=User.objects.select_related("organization"),
    serializer=ImportedUserSerializer,
    key="username",
    columns=(
        "username",
        "full_name",
        "email",
        "role",
        "organization",
        "is_active",
        "password",
    ),
    most_filled={"password": 100},
    check_alone=User.clean_row,
)

urlpatterns = [*bulk_api.routes(USERS)]

"""People in files. A password is only taken, never given out; new people need one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import bulk_api
from accounts.api import UserSerializer
from accounts.models import User
from energysys.bulk import BulkTable

USERS = BulkTable(
    kind="users",
    title=_("Users"),
    rows=User.objects.select_related("organization"),
    serializer=UserSerializer,
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
    # Hashing a password takes long on purpose.
    max_rows=200,
)

urlpatterns = [*bulk_api.routes(USERS)]

"""Who is signed in."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.tenancy import tenant_set


class PersonBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        """The person of a session; the same query narrows the connection to their rows.

        Their organization is read after it, for until then its row is hidden.
        """
        person = User.objects.annotate(tenant=tenant_set()).filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

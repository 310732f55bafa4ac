"""Who is signed in, read together with the organization that every page names."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.tenancy import tenant_set


class PersonBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        """The person of a session; the same query narrows the connection to their rows."""
        people = User.objects.select_related("organization").annotate(tenant=tenant_set())
        # A condition sets the tenant before the join reads the organization; a column would after.
        person = people.filter(pk=user_id, tenant__isnull=False).first()
        return person if person and self.user_can_authenticate(person) else None

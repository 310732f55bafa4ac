"""Who is signed in, read together with the organization that every page names."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class PersonBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        person = User.objects.select_related("organization").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

"""People, their roles and their one organization."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from accounts.access import Role, can_edit
from accounts.models import User
from assets.models import Organization, PowerPlant
from energysys.testing import PASSWORD, api_client, make_event
from incidents.models import PlantEvent


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ANALYST])
def test_everyone_but_a_super_admin_has_an_organization(db, role):
    with pytest.raises(IntegrityError, match="user_has_organization_unless_super_admin"):
        User.objects.bulk_create([User(username="nobody", role=role)])


def test_a_super_admin_has_none(world):
    with pytest.raises(IntegrityError, match="user_has_organization_unless_super_admin"):
        User.objects.filter(pk=world.people["super_admin"].pk).update(
            organization=world.organization
        )


def test_user_names_differ_in_more_than_case(world):
    with pytest.raises(ValidationError):
        User.objects.create_user("NOVA", PASSWORD, organization=world.organization)


def test_passwords_are_hashed_with_argon2(world, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = world.people["analyst"]

    user.set_password(PASSWORD)

    assert user.password.startswith("argon2")
    assert user.check_password(PASSWORD)


def test_argon2_comes_first():
    from energysys import settings

    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.parametrize(
    ("role", "plants", "editable_plants", "events", "editable_events", "people"),
    [
        ("super_admin", 2, 2, 1, 1, 4),
        ("admin", 1, 0, 1, 1, 2),
        ("analyst", 1, 0, 1, 0, 0),
        ("outsider", 1, 0, 0, 0, 1),
    ],
)
def test_the_permission_table(
    world, role, plants, editable_plants, events, editable_events, people
):
    event = make_event(world.plant)
    user = world.people[role]

    assert PowerPlant.objects.visible_to(user).count() == plants
    assert PowerPlant.objects.editable_by(user).count() == editable_plants
    assert Organization.objects.visible_to(user).count() == plants
    assert PlantEvent.objects.visible_to(user).count() == events
    assert PlantEvent.objects.editable_by(user).count() == editable_events
    assert User.objects.visible_to(user).count() == people
    assert can_edit(user, event) == bool(editable_events)


def test_someone_inactive_sees_nothing(world):
    user = world.people["super_admin"]
    user.is_active = False

    assert not PowerPlant.objects.visible_to(user).exists()


@pytest.mark.parametrize(
    ("role", "status"), [("super_admin", 200), ("admin", 403), ("analyst", 403), (None, 302)]
)
def test_the_django_admin_is_for_super_admins(client, world, role, status):
    if role:
        client.force_login(world.people[role])

    assert client.get(reverse("admin:index")).status_code == status


def test_a_super_admin_creates_people_through_the_api(world):
    answer = api_client(world.people["super_admin"]).post(
        "/api/v1/users/",
        {
            "username": "efes_admin",
            "password": "kirmizi-balik-42",
            "role": "admin",
            "organization": world.other_organization.eic,
        },
    )

    assert answer.status_code == 201
    assert "password" not in answer.json()
    assert User.objects.get(username="efes_admin").check_password("kirmizi-balik-42")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"password": "12345678"}, "/password"),
        ({"password": None}, "/password"),
        ({"role": "admin", "organization": None}, ""),
        ({"role": "super_admin"}, ""),
        ({"role": "king"}, "/role"),
        ({"username": "Nova"}, ""),
        ({"username": "a b"}, "/username"),
        ({"organization": "40X"}, "/organization"),
    ],
)
def test_bad_people_are_refused_at_the_field(world, change, pointer):
    body = {
        "username": "efes_admin",
        "password": "kirmizi-balik-42",
        "role": "analyst",
        "organization": world.organization.eic,
    }

    answer = api_client(world.people["super_admin"]).post("/api/v1/users/", body | change)

    assert answer.status_code == 400
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert User.objects.count() == 4


def test_changing_a_person_keeps_the_password(world):
    analyst = world.people["analyst"]

    answer = api_client(world.people["super_admin"]).patch(
        f"/api/v1/users/{analyst.pk}/", {"full_name": "Nora"}
    )

    assert answer.status_code == 200
    analyst.refresh_from_db()
    assert analyst.check_password(PASSWORD)

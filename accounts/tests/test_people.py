"""People, their roles and their one organization."""

import threading
import time

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.urls import reverse

from accounts.access import Role, can_edit
from accounts.models import User
from accounts.tenancy import TenantMiddleware
from assets.models import Organization, PowerPlant
from energysys.testing import PASSWORD, api_client, make_event, make_world
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
        ({"role": "admin", "organization": None}, "/organization"),
        ({"role": "super_admin"}, "/organization"),
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
        f"/api/v1/users/{analyst.pk}/", {"full_name": "Nora"}, headers={"if-match": "*"}
    )

    assert answer.status_code == 200
    analyst.refresh_from_db()
    assert analyst.check_password(PASSWORD)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.ADMIN}])
def test_the_last_active_super_admin_stays(world, change):
    last = User.objects.filter(pk=world.people["super_admin"].pk)
    if "role" in change:
        change = change | {"organization": world.organization}

    with (
        pytest.raises(IntegrityError, match="the last active Super Admin stays"),
        transaction.atomic(),
    ):
        last.update(**change)

    User.objects.create_superuser("deputy", PASSWORD)
    assert last.update(**change) == 1


def test_the_last_active_super_admin_is_not_deleted(world):
    User.objects.create_superuser("closed", PASSWORD, is_active=False)

    with (
        pytest.raises(IntegrityError, match="the last active Super Admin stays"),
        transaction.atomic(),
    ):
        # Django would look for rows that refer to the person first, in tables closed to it.
        User.objects.filter(pk=world.people["super_admin"].pk)._raw_delete("default")


def test_two_super_admins_cannot_close_each_other_at_once(committed):
    world = make_world()
    first, second = world.people["super_admin"], User.objects.create_superuser("deputy", PASSWORD)
    waiting = threading.Event()
    refused = []

    def close_first():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '20s'")
                waiting.set()
                User.objects.filter(pk=first.pk).update(is_active=False)
        except IntegrityError as error:
            refused.append(str(error))
        finally:
            connection.close()

    rival = threading.Thread(target=close_first)
    with transaction.atomic():
        User.objects.filter(pk=second.pk).update(is_active=False)
        rival.start()
        assert waiting.wait(20)
        wait_for_a_blocked_session()
    rival.join(20)

    assert len(refused) == 1
    assert "the last active Super Admin stays" in refused[0]


def wait_for_a_blocked_session():
    """Return once another session of this database waits for an advisory lock."""
    for _attempt in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waited")


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": "admin", "organization": "organization"}]
)
def test_the_api_says_kindly_that_the_last_super_admin_stays(world, change):
    person = world.people["super_admin"]
    if "organization" in change:
        change = change | {"organization": world.organization.eic}

    answer = api_client(person).patch(
        f"/api/v1/users/{person.pk}/", change, headers={"if-match": "*"}
    )

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["last_super_admin"]


def test_a_closed_person_is_out_at_once(client, world):
    analyst = world.people["analyst"]
    tokens = client.post(reverse("api-token"), {"username": "nora", "password": PASSWORD}).json()
    client.force_login(analyst)
    assert client.get(reverse("assets:plants")).status_code == 200

    User.objects.filter(pk=analyst.pk).update(is_active=False)

    bearer = {"authorization": f"Bearer {tokens['access']}"}
    assert client.get(reverse("assets:plants")).url.startswith(reverse("accounts:login"))
    assert client.get(reverse("api-me"), headers=bearer).status_code == 401
    refresh = client.post(reverse("api-token-refresh"), {"refresh": tokens["refresh"]})
    assert refresh.status_code == 401
    login = client.post(reverse("accounts:login"), {"username": "nora", "password": PASSWORD})
    assert login.status_code == 422


@pytest.mark.parametrize("change", [{}, {"is_active": False}, {"password": "another"}])
def test_a_session_that_is_over_sees_no_rows(client, rf, world, change):
    person = world.people["admin"]
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(**change)

    def tenant_within(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('energysys.tenant')")
            return HttpResponse(cursor.fetchone())

    request = rf.get("/")
    request.session = client.session
    answer = AuthenticationMiddleware(TenantMiddleware(tenant_within))(request)

    assert answer.content.decode() == ("" if change else str(person.organization_id))

"""A login is a family of tokens; whatever ends it ends all of them, at once."""

import threading

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.access import Role
from accounts.models import TokenFamily, User
from energysys.testing import PASSWORD, make_world

URL = "/api/v1/token/"


def log_in(username="nova", password=PASSWORD):
    return APIClient().post(URL, {"username": username, "password": password}).json()


def refresh(token):
    return APIClient().post(f"{URL}refresh/", {"refresh": token})


def reads_with(access):
    return APIClient(headers={"authorization": f"Bearer {access}"}).get("/api/v1/me/").status_code


def test_a_refresh_token_is_good_for_one_successor(world):
    first = log_in()

    second = refresh(first["refresh"]).json()

    assert set(second) == {"access", "refresh"}
    assert second["refresh"] != first["refresh"]
    assert (reads_with(first["access"]), reads_with(second["access"])) == (200, 200)
    assert refresh(second["refresh"]).status_code == 200


def test_a_reused_refresh_token_ends_its_whole_family_and_no_other(world):
    stolen, elsewhere = log_in(), log_in()
    successor = refresh(stolen["refresh"]).json()

    answer = refresh(stolen["refresh"])

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:energysys:problem:token-not-valid"
    assert refresh(successor["refresh"]).status_code == 401
    assert reads_with(successor["access"]) == 401
    assert reads_with(elsewhere["access"]) == 200
    assert refresh(elsewhere["refresh"]).status_code == 200


def test_logging_out_ends_the_family(world):
    tokens = log_in()

    assert APIClient().post(f"{URL}blacklist/", {"refresh": tokens["refresh"]}).status_code == 200

    assert refresh(tokens["refresh"]).status_code == 401
    assert reads_with(tokens["access"]) == 401


def change_password(user):
    user.set_password("kirmizi-balik-42")
    user.save()


CHANGES = {
    "password": lambda user, world: change_password(user),
    "role": lambda user, world: User.objects.filter(pk=user.pk).update(role=Role.ANALYST),
    "organization": lambda user, world: User.objects.filter(pk=user.pk).update(
        organization=world.other_organization
    ),
    "deactivated": lambda user, world: User.objects.filter(pk=user.pk).update(is_active=False),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_person_revokes_access_and_refresh_at_once(world, change):
    tokens = log_in()
    assert reads_with(tokens["access"]) == 200

    change(world.people["admin"], world)

    assert reads_with(tokens["access"]) == 401
    assert refresh(tokens["refresh"]).status_code == 401


def test_what_was_revoked_does_not_come_back_with_the_old_role(world):
    tokens = log_in()
    people = User.objects.filter(username="nova")
    people.update(role=Role.ANALYST)

    people.update(role=Role.ADMIN)

    assert reads_with(tokens["access"]) == 401


def test_another_name_or_a_login_revokes_nothing(world):
    tokens = log_in()

    User.objects.filter(username="nova").update(full_name="Nova", email="nova@example.com")
    log_in()

    assert reads_with(tokens["access"]) == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c", None, 7, ["x"], {"a": 1}])
@pytest.mark.parametrize("path", ["refresh/", "blacklist/"])
def test_nonsense_is_refused(world, path, token):
    answer = APIClient().post(f"{URL}{path}", {"refresh": token}, format="json")

    assert answer.status_code in (400, 401)
    assert answer["Content-Type"] == "application/problem+json"


def test_an_access_token_does_not_refresh_nor_a_refresh_token_read(world):
    tokens = log_in()

    assert refresh(tokens["access"]).status_code == 401
    assert reads_with(tokens["refresh"]) == 401


def test_families_that_have_expired_are_forgotten_at_the_next_login(world):
    log_in()
    TokenFamily.objects.update(expires_at="2020-01-01T00:00:00Z")

    log_in()

    assert TokenFamily.objects.count() == 1


def test_of_two_who_refresh_at_once_one_wins_and_the_family_ends(committed):
    make_world()
    token = log_in()["refresh"]
    answers = []

    def race():
        answers.append(refresh(token))
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200, 401]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert refresh(winner.json()["refresh"]).status_code == 401


def test_a_token_of_the_library_without_a_family_is_refused(world):
    from rest_framework_simplejwt.tokens import AccessToken

    assert reads_with(AccessToken.for_user(world.people["admin"])) == 401

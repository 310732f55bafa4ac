"""Login, logout, password, language, theme and the list of people."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import make_key
from accounts.models import User
from energysys.clock import DAY
from energysys.testing import PASSWORD, each_cell

ANSWERS = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("accounts:users", "get", 200, 200, 403, 200),
    ("accounts:password", "get", 200, 200, 200, 200),
    ("accounts:keys", "get", 200, 200, 200, 200),
    ("accounts:keys", "post", 422, 422, 422, 422),
    ("accounts:password", "post", 422, 422, 422, 422),
    ("accounts:login", "get", 302, 302, 302, 302),
    ("accounts:login", "post", 302, 302, 302, 302),
    ("accounts:logout", "post", 302, 302, 302, 302),
    ("accounts:logout", "get", 405, 405, 405, 405),
    ("accounts:import_users", "get", 200, 403, 403, 403),
    ("accounts:import_users", "post", 422, 403, 403, 403),
    ("accounts:theme", "get", 405, 405, 405, 405),
    ("accounts:theme", "post", 400, 400, 400, 400),
    ("accounts:clock", "get", 405, 405, 405, 405),
    ("accounts:clock", "post", 400, 400, 400, 400),
    ("accounts:language", "get", 405, 405, 405, 405),
    ("accounts:language", "post", 302, 302, 302, 302),
    ("accounts:new_user", "get", 200, 403, 403, 403),
    ("accounts:new_user", "post", 422, 403, 403, 403),
]
# About the analyst of the first organization.
PERSON = [
    ("accounts:user", "get", 200, 200, 403, 404),
    ("accounts:edit_user", "get", 200, 403, 403, 404),
    ("accounts:edit_user", "post", 422, 403, 403, 404),
    ("accounts:user_password", "get", 200, 403, 403, 404),
    ("accounts:user_password", "post", 422, 403, 403, 404),
    ("accounts:user_active", "post", 302, 403, 403, 404),
    ("accounts:user_active", "get", 405, 405, 405, 405),
]
KEY = [("accounts:key-revoke", "post", 404, 404, 302, 404)]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(KEY))
def test_key_page_answers_each_role(client, world, page, method, role, status):
    expires_at = timezone.now() + DAY
    key, _ = make_key(world.people["analyst"], "notebook", read_only=True, expires_at=expires_at)
    client.force_login(world.people[role])

    response = getattr(client, method)(reverse(page, args=[key.pk]))

    assert response.status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(ANSWERS))
def test_people_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    response = getattr(client, method)(reverse(page))

    assert response.status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PERSON))
def test_page_of_a_person_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    response = getattr(client, method)(reverse(page, args=[world.people["analyst"].pk]))

    assert response.status_code == status


@pytest.mark.parametrize("page", ["accounts:users", "accounts:password", "accounts:keys"])
def test_a_stranger_is_sent_to_the_login_page(client, db, page):
    response = client.get(reverse(page))

    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:login"))


def test_login_ignores_the_case_of_the_user_name_and_leads_home(client, world):
    response = client.post(reverse("accounts:login"), {"username": "NOVA", "password": PASSWORD})

    assert (response.status_code, response.url) == (302, reverse("dashboard"))


def test_a_wrong_password_answers_422_and_keeps_the_user_name(client, world):
    client.cookies["django_language"] = "en"

    response = client.post(reverse("accounts:login"), {"username": "nova", "password": "wrong"})

    assert response.status_code == 422
    assert "The user name or the password is wrong." in response.content.decode()
    assert response.context["form"]["username"].value() == "nova"


def test_ten_wrong_passwords_lock_the_user_name(client, world):
    for _attempt in range(10):
        response = client.post(reverse("accounts:login"), {"username": "nova", "password": "wrong"})

    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert response["X-Request-ID"] in response.content.decode()


def test_login_does_not_lead_to_another_site(client, world):
    response = client.post(
        reverse("accounts:login"),
        {"username": "nova", "password": PASSWORD, "next": "https://example.com/"},
    )

    assert response.url == reverse("dashboard")


def test_a_changed_password_logs_in(client, world):
    client.force_login(world.people["analyst"])
    new = "another long phrase"

    response = client.post(
        reverse("accounts:password"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert response.status_code == 302
    world.people["analyst"].refresh_from_db()
    assert world.people["analyst"].check_password(new)


def test_a_weak_password_is_refused_at_its_field(client, world):
    client.force_login(world.people["analyst"])

    response = client.post(
        reverse("accounts:password"),
        {"old_password": PASSWORD, "new_password1": "123", "new_password2": "123"},
    )

    assert response.status_code == 422
    assert response.context["form"].errors["new_password2"]


def test_an_admin_sees_no_stranger_among_the_users(client, world):
    client.force_login(world.people["admin"])

    people = client.get(reverse("accounts:users")).context["page_obj"].object_list

    assert {person.username for person in people} == {"nova", "nora"}


def test_a_super_admin_sees_everyone(client, world):
    client.force_login(world.people["super_admin"])

    people = client.get(reverse("accounts:users")).context["page_obj"].object_list

    assert {person.username for person in people} == {"super", "nova", "nora", "bora"}


def test_the_theme_is_remembered_and_leads_back(client, db):
    response = client.post(reverse("accounts:theme"), {"theme": "dark", "next": "/login/"})

    assert response.url == "/login/"
    assert 'data-theme="dark"' in client.get(reverse("accounts:login")).content.decode()


def test_the_theme_switch_does_not_lead_to_another_site(client, db):
    response = client.post(
        reverse("accounts:theme"), {"theme": "dark", "next": "https://example.com/"}
    )

    assert response.url == reverse("dashboard")


def test_a_stranger_chooses_the_language_of_the_login_page(client, db):
    client.post(reverse("accounts:language"), {"language": "en", "next": "/login/"})

    assert '<html lang="en"' in client.get(reverse("accounts:login")).content.decode()


NEW = {
    "username": "efes_admin",
    "full_name": "",
    "email": "",
    "role": "admin",
    "new_password": "kirmizi-balik-42",
}


def test_a_super_admin_makes_a_person_who_can_log_in(client, world):
    client.force_login(world.people["super_admin"])

    response = client.post(
        reverse("accounts:new_user"), NEW | {"organization": world.organization.eic}
    )

    person = User.objects.get(username="efes_admin")
    assert response.url == person.get_absolute_url()
    assert (person.role, person.organization) == ("admin", world.organization)
    login = Client().post(
        reverse("accounts:login"), {"username": "Efes_Admin", "password": NEW["new_password"]}
    )
    assert login["Location"] == reverse("dashboard")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "NOVA"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
        ({"email": "nobody"}, "email"),
        ({"role": "king"}, "role"),
        ({"role": "super_admin"}, "organization"),
        ({"organization": ""}, "organization"),
        ({"organization": "40X"}, "organization"),
        ({"new_password": ""}, "new_password"),
        ({"new_password": "123"}, "new_password"),
        ({"new_password": "efes_admin1"}, "new_password"),
    ],
)
def test_a_bad_person_is_refused_at_the_field(client, world, change, field):
    client.force_login(world.people["super_admin"])
    entry = NEW | {"organization": world.organization.eic} | change

    response = client.post(reverse("accounts:new_user"), entry)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert User.objects.count() == 4


def test_a_person_gets_another_role_and_keeps_the_password(client, world):
    client.force_login(world.people["super_admin"])
    analyst = world.people["analyst"]

    client.post(
        reverse("accounts:edit_user", args=[analyst.pk]),
        {"username": "nora", "role": "admin", "organization": world.other_organization.eic},
    )

    analyst.refresh_from_db()
    assert (analyst.role, analyst.organization) == ("admin", world.other_organization)
    assert analyst.check_password(PASSWORD)


def test_closing_and_letting_in_again(client, world):
    client.force_login(world.people["super_admin"])
    analyst = world.people["analyst"]
    address = reverse("accounts:user_active", args=[analyst.pk])

    client.post(address, {"active": "no"})
    analyst.refresh_from_db()
    assert not analyst.is_active

    client.post(address, {"active": "yes"})
    analyst.refresh_from_db()
    assert analyst.is_active


def test_the_last_super_admin_is_told_why_closing_fails(client, world):
    person = world.people["super_admin"]
    client.force_login(person)
    client.cookies["django_language"] = "en"

    response = client.post(
        reverse("accounts:user_active", args=[person.pk]), {"active": "no"}, follow=True
    )
    edit = client.post(
        reverse("accounts:edit_user", args=[person.pk]),
        {"username": "super", "role": "admin", "organization": world.organization.eic},
    )

    sentence = "This is the last active Super Admin. Make another one first."
    assert [str(message) for message in response.context["messages"]] == [sentence]
    assert edit.context["form"].non_field_errors() == [sentence]
    person.refresh_from_db()
    assert (person.is_active, person.role) == (True, "super_admin")


def test_a_new_password_ends_the_sessions_of_its_person_but_not_ones_own(client, world):
    client.force_login(world.people["super_admin"])
    theirs = Client()
    theirs.force_login(world.people["analyst"])
    new = {"new_password1": "another long phrase", "new_password2": "another long phrase"}

    for person in (world.people["analyst"], world.people["super_admin"]):
        answer = client.post(reverse("accounts:user_password", args=[person.pk]), new)
        assert answer.url == person.get_absolute_url()

    assert theirs.get(reverse("dashboard")).status_code == 302
    assert client.get(reverse("accounts:users")).status_code == 200


def test_people_are_found_by_text_role_and_state(client, world):
    client.force_login(world.people["super_admin"])
    User.objects.filter(username="nora").update(is_active=False, full_name="Nora Su")

    def listed(**query):
        response = client.get(reverse("accounts:users"), query)
        return [person.username for person in response.context["page_obj"]]

    assert listed(q="su") == ["nora", "super"]
    assert listed(standing="closed") == ["nora"]
    assert listed(standing="admin", sort="-username") == ["nova", "bora"]
    assert listed(organization=world.other_organization.eic) == ["bora"]
    assert listed(standing="asleep") == []


def test_the_list_of_people_takes_few_queries(client, world, django_assert_max_num_queries):
    client.force_login(world.people["super_admin"])

    with django_assert_max_num_queries(8):
        client.get(reverse("accounts:users"))

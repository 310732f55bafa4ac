"""The global search and the `q` of lists: Turkish letters fold, and nobody finds others' things."""

import pytest
from django.db import connection
from django.urls import reverse

from energysys.testing import make_event, make_plant


@pytest.fixture
def plants(world):
    """Names with every letter that folds, and one of another organization."""
    names = {
        3: "Nova İskenderun Isı Santrali",
        4: "NOVA IĞDIR GÜNEŞ",
        5: "Çöğüş şelâlesi",
    }
    made = {number: make_plant(world.organization, number, name=n) for number, n in names.items()}
    made[6] = make_plant(world.other_organization, 6, name="Bora İskenderun")
    return made


def found(client, text):
    response = client.get(reverse("incidents:search"), {"q": text})
    assert response.status_code == 200
    return [hit.title for group in response.context["groups"] for hit in group.hits]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("iskenderun", 3),
        ("İSKENDERUN", 3),
        ("ISKENDERUN", 3),
        ("ıskenderun isi", 3),
        ("i\u0307skenderun", 3),
        ("I\u0307SKENDERUN", 3),
        ("santrali nova", 3),
        ("igdir gunes", 4),
        ("IĞDIR güneş", 4),
        ("iğdır", 4),
        ("cogus", 5),
        ("ÇÖĞÜŞ", 5),
        ("c\u0327o\u0308g\u0306u\u0308s\u0327", 5),
        ("SELALESI", 5),
    ],
)
def test_letters_fold(client, world, plants, text, number):
    client.force_login(world.people["analyst"])

    assert found(client, text) == [plants[number].name]
    listed = client.get(reverse("assets:plants"), {"q": text}).context["page_obj"]
    assert list(listed) == [plants[number]]


@pytest.mark.parametrize("text", ["%", "_", "\\", "100%", "'", "nova_i"])
def test_signs_of_patterns_stand_for_themselves(client, world, plants, text):
    client.force_login(world.people["super_admin"])

    assert found(client, text) == []


def test_everything_is_found_by_what_names_it(client, world):
    event = make_event(world.plant, reason="GT-2 yatak titreşimi")
    client.force_login(world.people["admin"])
    title = f"{world.plant.name}: {event.reason}"

    assert found(client, "titresim yatak") == [title]
    assert found(client, f"#{event.pk}") == [title]
    assert found(client, world.plant.eic) == [world.plant.name, title]
    assert found(client, world.plant.eic[:8].lower())[0] == world.plant.name
    assert found(client, world.organization.eic) == [world.organization.name]
    assert found(client, "nora") == []


def test_people_are_found_by_a_super_admin_only(client, world):
    client.force_login(world.people["super_admin"])

    assert found(client, "NORA") == ["nora"]


def test_nobody_finds_what_belongs_to_others(client, world, plants):
    make_event(world.plant, reason="İskenderun hattı")
    client.force_login(world.people["outsider"])

    assert found(client, "iskenderun") == ["Bora İskenderun"]
    assert found(client, "nova") == []


def test_names_that_begin_with_the_text_come_first(client, world):
    for number, name in ((3, "Ada Marmara"), (4, "Marmara"), (5, "Zonguldak Marmara")):
        make_plant(world.organization, number, name=name)
    client.force_login(world.people["admin"])

    assert found(client, "marmara") == ["Marmara", "Ada Marmara", "Zonguldak Marmara"]


def test_suggestions_are_few_and_lead_to_the_rest(client, world):
    for number in range(3, 12):
        make_plant(world.organization, number, name=f"Marmara {number}")
    client.force_login(world.people["admin"])

    page = client.get(
        reverse("incidents:search"), {"q": "marmara"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert page.count('href="/plants/4') == 5
    assert f'href="{reverse("assets:plants")}?q=marmara"' in page
    assert "<html" not in page


def test_a_search_takes_one_query_a_kind(client, world, plants, django_assert_max_num_queries):
    client.force_login(world.people["super_admin"])

    # Four kinds, and what every page takes: session, person, running events, end of the tenant.
    with django_assert_max_num_queries(8):
        client.get(reverse("incidents:search"), {"q": "nova"})


def test_the_fold_is_the_same_under_every_locale(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provolatile, proparallel FROM pg_proc WHERE proname = 'fold_text_v1'"
        )
        assert cursor.fetchone() == ("i", "s")
        cursor.execute("SELECT fold_text_v1('IİıiŞşĞğÜüÖöÇç' COLLATE \"C\")")
        assert cursor.fetchone() == ("iiiissgguuoocc",)


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_the_page_of_what_is_found_takes_few_queries(
    client, world, django_assert_max_num_queries, role
):
    client.force_login(world.people[role])

    with django_assert_max_num_queries(8):
        client.get(reverse("incidents:search"), {"q": "nova"})

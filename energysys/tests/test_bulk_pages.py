"""Bulk import and export in the pages."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.imports import USERS
from assets.imports import ORGANIZATIONS, PLANTS
from energysys.sheet_reading import MAX_FILE_BYTES, read_sheet
from energysys.sheets import WRITERS
from energysys.testing import each_cell, make_event, make_plant, organization_eic, plant_eic
from energysys.tests.files import csv_of, event_row, run
from incidents.models import PlantEvent


def upload(client, content, name="file.csv", kind="events"):
    return client.post(
        reverse(f"{'incidents' if kind == 'events' else 'assets'}:import_{kind}"),
        {"file": SimpleUploadedFile(name, content)},
    )


def hidden_fields(response):
    return {
        "content": response.context["content"],
        "seen": response.context["report"].digest,
        "once": response.context["once"],
    }


def test_the_page_shows_what_would_happen_and_then_applies_it(client, world):
    client.force_login(world.people["admin"])
    preview = upload(client, csv_of(event_row(world.plant)))
    assert not PlantEvent.objects.exists()
    assert preview["Cache-Control"].startswith("max-age=0, no-cache, no-store")

    answer = client.post(reverse("incidents:import_events"), hidden_fields(preview))

    assert answer.status_code == 302
    assert PlantEvent.objects.count() == 1


def test_the_page_applies_a_file_once_however_often_it_is_confirmed(client, world):
    """The same events would fit a second time, so that nothing else would stop them."""
    client.force_login(world.people["admin"])
    fields = hidden_fields(upload(client, csv_of(event_row(world.plant))))
    page = reverse("incidents:import_events")

    answers = [client.post(page, fields, follow=True) for _ in range(2)]

    assert PlantEvent.objects.count() == 1
    told = [[str(message) for message in answer.context["messages"]] for answer in answers]
    assert told[0] == told[1]
    assert told[0]
    # The same file may be sent again on purpose.
    client.post(page, hidden_fields(upload(client, csv_of(event_row(world.plant)))))
    assert PlantEvent.objects.count() == 2


def test_the_page_applies_nothing_that_it_has_not_shown(client, world):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)
    preview = upload(client, csv_of({"id": event.pk, "reason": "bearing"}))
    PlantEvent.objects.filter(pk=event.pk).update(reason="gearbox")

    answer = client.post(reverse("incidents:import_events"), hidden_fields(preview))

    event.refresh_from_db()
    assert event.reason == "gearbox"
    assert answer.context["is_stale"]
    assert not answer.context["form"].errors
    assert answer.context["report"].rows[0].changes[0].before == "gearbox"


def test_the_page_lists_every_error_in_the_readers_language(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "tr"

    response = upload(client, csv_of(*[event_row(world.plant, reason="")] * 300))

    assert response.status_code == 422
    assert response.content.decode().count("Bu alan boş bırakılmamalı.") == 300
    assert 'name="seen"' not in response.content.decode()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\0", b"x" * (MAX_FILE_BYTES + 10), b"name\nx\n"])
def test_the_page_refuses_a_bad_file_at_its_field(client, world, content):
    client.force_login(world.people["super_admin"])

    response = upload(client, content, kind="plants")

    assert response.status_code == 422
    assert response.context["form"].errors["file"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"seen": "x"},
        {"seen": "x", "content": "eA=="},
        {"seen": "x", "once": "0" * 32},
        {"seen": "x", "once": "0" * 32, "content": "no base64"},
        {"seen": "x", "once": "0" * 32, "content": "eA=="},
        {"seen": "x", "once": "0\0" * 16, "content": "eA=="},
        {"seen": "", "once": "0" * 32, "content": "eA=="},
    ],
)
def test_the_page_survives_a_forged_confirmation(client, world, fields):
    client.force_login(world.people["super_admin"])

    answer = client.post(reverse("assets:import_plants"), fields)

    assert answer.status_code == 422
    refusals = answer.context["form"].errors.as_data()["file"]
    assert ("required" in [refusal.code for refusal in refusals]) == (not fields)


def test_the_page_gives_the_rows_of_ones_own_organization(client, world):
    make_event(world.other_plant, reason="of another")
    make_event(world.plant, reason="of ours")
    client.force_login(world.people["admin"])

    response = client.get(reverse("incidents:export_events", args=["csv"]))

    assert b"of ours" in response.content
    assert b"of another" not in response.content


EXPORTS = [
    ("accounts:export_users", "get", 200, 403, 403, 403),
    ("assets:export_organizations", "get", 200, 403, 403, 403),
    ("assets:export_plants", "get", 200, 403, 403, 403),
    ("incidents:export_events", "get", 200, 200, 403, 200),
]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(EXPORTS))
@pytest.mark.parametrize("chosen", WRITERS)
def test_export_answers_each_role(client, world, page, method, role, status, chosen):
    client.force_login(world.people[role])

    assert client.get(reverse(page, args=[chosen])).status_code == status


def test_there_is_no_export_of_another_form(client, world):
    client.force_login(world.people["super_admin"])

    assert client.get(reverse("assets:export_plants", args=["ods"])).status_code == 404


# page, table, what the filter says, and the keys that it leaves in their order
LIST_FILES = [
    ("assets:organizations", ORGANIZATIONS, "?q=nova&sort=-name", [organization_eic(1)]),
    ("assets:plants", PLANTS, "?sort=-name&fuel_type=wind", [plant_eic(9), plant_eic(8)]),
    ("accounts:users", USERS, "?sort=-username&standing=admin", ["nova", "bora"]),
]


@pytest.mark.parametrize(("page", "table", "query", "keys"), LIST_FILES)
@pytest.mark.parametrize("chosen", WRITERS)
def test_a_list_is_a_file_of_what_its_filter_leaves(
    client, world, page, table, query, keys, chosen
):
    for number in (8, 9):
        make_plant(world.other_organization, number, fuel_type="wind")
    client.force_login(world.people["super_admin"])

    shown = unescape(client.get(reverse(page) + query).content.decode())
    assert f'href="{query}&format={chosen}"' in shown
    answer = client.get(f"{reverse(page)}{query}&format={chosen}")

    sheet = read_sheet(answer.content)
    assert [line.cells[table.key] for line in sheet.lines] == keys
    assert run(table, answer.content, world.people["super_admin"]).counts["unchanged"] == len(keys)


@pytest.mark.parametrize(
    ("role", "page", "status", "foreign"),
    [
        ("analyst", "assets:plants", 200, plant_eic(2)),
        ("admin", "accounts:users", 200, "bora"),
        ("analyst", "accounts:users", 403, "bora"),
        ("admin", "assets:organizations", 200, organization_eic(2)),
    ],
)
def test_a_list_gives_each_role_what_it_shows(client, world, role, page, status, foreign):
    client.force_login(world.people[role])

    answer = client.get(f"{reverse(page)}?format=csv")

    assert answer.status_code == status
    assert foreign not in answer.content.decode()
    assert client.get(f"{reverse(page)}?format=ods").status_code in (403, 404)
    assert len(read_sheet(answer.content).lines) >= 1 or status == 403

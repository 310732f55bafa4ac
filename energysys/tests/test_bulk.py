"""Bulk import: every error of every row, then all or nothing; an export changes nothing."""

import csv
import io
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.imports import USERS
from accounts.models import User
from assets.imports import ORGANIZATIONS, PLANTS
from assets.models import Organization, PowerPlant
from energysys.bulk import MAX_ROWS, bulk_export
from energysys.clock import DAY
from energysys.imports import bulk_import
from energysys.sheets import MAX_FILE_BYTES, WRITERS, XLSX_TYPE, read_sheet
from energysys.testing import (
    PASSWORD,
    api_client,
    each_cell,
    make_event,
    make_plant,
    organization_eic,
    plant_eic,
)
from incidents.imports import EVENTS
from incidents.models import EventVersion, PlantEvent

TABLES = {table.kind: table for table in (ORGANIZATIONS, PLANTS, USERS, EVENTS)}
START = "2026-11-22T16:00:00+03:00"
END = "2026-11-23T16:00:00+03:00"


def csv_of(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def run(table, content, by, dry_run=False):
    return bulk_import(table, read_sheet(content), by, dry_run=dry_run)


def event_row(plant, **changes):
    return {
        "id": "",
        "plant": plant.eic,
        "event_type": "failure",
        "reason": "turbine trip",
        "description": "",
        "affected_mw": "30",
        "start": START,
        "end": END,
    } | changes


def plant_row(world, number, **changes):
    return {
        "eic": plant_eic(number),
        "name": f"Plant {number}",
        "organization": world.organization.eic,
        "fuel_type": "wind",
        "installed_capacity_mw": "12,5",
        "is_yekdem": "evet",
        "is_res": "DOĞRU",
    } | changes


def errors_of(report):
    return [(row.row, error.column, error.code) for row, error in report.errors]


def state():
    """Everything that an import could write."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Organization, PowerPlant, User, PlantEvent, EventVersion)
    ]


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("chosen", WRITERS)
@pytest.mark.parametrize("role", ["super_admin", "admin"])
def test_an_export_imports_unchanged(world, kind, chosen, role):
    make_event(
        world.plant,
        reason="=1+1",
        description='  two\r\nlines; "so", _x000D_',
        affected_mw=Decimal("1.234"),
    )
    make_event(world.plant, ends_at=timezone.now() + DAY, affected_mw=1, reason="12,5")
    make_plant(world.organization, 5, installed_capacity_mw=Decimal("1.200"), name="1.200")
    before = state()
    table, person = TABLES[kind], world.people[role]
    content = WRITERS[chosen](table.columns, bulk_export(table, person))
    rows = table.rows.editable_by(person).count()

    if rows:
        report = run(table, content, person)

        assert report.applied
        assert report.counts == {"create": 0, "change": 0, "unchanged": rows, "error": 0}
    assert state() == before
    assert rows or (role, kind) != ("super_admin", kind)


def test_new_rows_are_created_and_known_ones_changed(world):
    content = csv_of(
        plant_row(world, 1, fuel_type="natural_gas", is_yekdem="hayır", is_res="0"),
        plant_row(world, 7),
    )

    report = run(PLANTS, content, world.people["super_admin"])

    assert report.applied
    changed, created = report.rows
    assert [(c.column, c.before, c.after) for c in changed.changes] == [
        ("installed_capacity_mw", "100", "12.5")
    ]
    assert (changed.action, created.action) == ("change", "create")
    made = PowerPlant.objects.get(eic=plant_eic(7))
    assert (made.installed_capacity_mw, made.is_yekdem, made.is_res) == (
        Decimal("12.5"),
        True,
        True,
    )


def test_a_column_that_is_left_out_stays_as_it_is(world):
    report = run(
        PLANTS, csv_of({"eic": world.plant.eic, "name": "Nova"}), world.people["super_admin"]
    )

    world.plant.refresh_from_db()
    assert report.applied
    assert (world.plant.name, world.plant.installed_capacity_mw) == ("Nova", 100)


def test_a_dry_run_says_the_same_and_writes_nothing(world):
    content = csv_of(event_row(world.plant), event_row(world.plant, reason="bearing"))
    before = state()

    dry = run(EVENTS, content, world.people["admin"], dry_run=True)

    assert state() == before
    assert not dry.applied
    assert dry.digest == run(EVENTS, content, world.people["admin"]).digest
    assert PlantEvent.objects.count() == 2


def test_one_bad_row_stores_nothing_and_every_error_is_told(world):
    content = csv_of(
        plant_row(world, 7),
        plant_row(world, 8, fuel_type="steam", installed_capacity_mw="-1", name=""),
        plant_row(world, 9, fuel_type="lignite"),
        plant_row(world, 9),
        plant_row(world, 10, eic="40W-NOT-AN-EIC-0"),
        plant_row(world, 11, organization=plant_eic(1)),
        plant_row(world, 12, is_res="maybe"),
    )
    before = state()

    report = run(PLANTS, content, world.people["super_admin"])

    assert state() == before
    assert not report.applied
    assert sorted({(row, column) for row, column, _ in errors_of(report)}) == [
        (3, "fuel_type"),
        (3, "installed_capacity_mw"),
        (3, "name"),
        (4, "is_res"),
        (5, "eic"),
        (6, "eic"),
        (7, "organization"),
        (8, "is_res"),
    ]
    assert all(error.detail for _, error in report.errors)
    assert report.counts == {"create": 1, "change": 0, "unchanged": 0, "error": 6}


def test_the_sum_of_several_events_of_one_file_is_held_to_the_capacity(world):
    content = csv_of(*(event_row(world.plant, affected_mw=mw) for mw in (50, 40, 30)))

    report = run(EVENTS, content, world.people["admin"])

    assert errors_of(report) == [(4, "affected_mw", "capacity")]
    assert not PlantEvent.objects.exists()


@pytest.mark.parametrize("backwards", [False, True])
def test_a_row_may_need_the_room_that_another_row_gives_back(world, backwards):
    old = make_event(world.plant, affected_mw=90)
    rows = [
        event_row(world.plant, affected_mw=80),
        {**event_row(world.plant, affected_mw=10), "id": old.pk, "start": START},
    ]

    report = run(EVENTS, csv_of(*(rows[::-1] if backwards else rows)), world.people["admin"])

    assert report.applied, errors_of(report)
    assert sorted(PlantEvent.objects.values_list("affected_mw", flat=True)) == [10, 80]


def test_an_imported_event_has_its_reporter_and_a_version(world):
    run(EVENTS, csv_of(event_row(world.plant)), world.people["admin"])

    event = PlantEvent.objects.get()
    assert event.reported_by == world.people["admin"]
    assert event.versions.count() == 1


def test_an_admin_reaches_no_event_or_plant_of_another_organization(world):
    foreign = make_event(world.other_plant)
    content = csv_of(
        event_row(world.other_plant), event_row(world.plant, id=foreign.pk, reason="mine now")
    )

    report = run(EVENTS, content, world.people["admin"])

    assert errors_of(report) == [(2, "plant", "does_not_exist"), (3, "id", "unknown")]
    assert list(bulk_export(EVENTS, world.people["admin"])) == []


@pytest.mark.parametrize("key", ["x", "-1", "1e5", "99999999999999999999", "٣"])
def test_a_senseless_id_is_an_error_of_its_row(world, key):
    report = run(EVENTS, csv_of(event_row(world.plant, id=key)), world.people["admin"])

    assert errors_of(report) == [(2, "id", "unknown")]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("affected_mw", "1.200"),
        ("affected_mw", "much"),
        ("affected_mw", "1e400"),
        ("affected_mw", "NaN"),
        ("affected_mw", ""),
        ("start", "2026-11-22T16:20"),
        ("start", "yesterday"),
        ("start", "9999-12-31T23:59:59-14:00"),
        ("end", "22.11.2199 16:20"),
        ("reason", ""),
        ("reason", "x" * 201),
        ("event_type", "strike"),
        ("plant", ""),
    ],
)
def test_a_bad_cell_is_named_with_its_value(world, column, text):
    content = csv_of(event_row(world.plant) | {column: text}).replace(b",", b";")

    report = run(EVENTS, content, world.people["admin"])

    ((_row, error),) = report.errors
    assert (error.column, error.value) == (column, text)
    assert error.detail


def test_a_password_is_never_repeated(world):
    row = {"username": "yeni", "role": "analyst", "organization": world.organization.eic}
    good = csv_of(row | {"password": "kirmizi-balik-42"})
    bad = csv_of(row | {"password": "12345678"})

    report = run(USERS, good, world.people["super_admin"])

    assert report.applied
    assert User.objects.get(username="yeni").check_password("kirmizi-balik-42")
    assert "kirmizi-balik-42" not in repr(report)
    assert "12345678" not in repr(
        run(USERS, bad.replace(b"yeni", b"yeni2"), world.people["super_admin"])
    )


def test_an_empty_password_keeps_the_old_one_and_a_new_person_waits_for_one(world):
    row = {"username": "nora", "role": "analyst", "organization": world.organization.eic}
    content = csv_of(*({**row, "username": name, "password": ""} for name in ("nora", "yeni")))

    report = run(USERS, content, world.people["super_admin"])

    assert report.applied
    assert User.objects.get(username="nora").check_password(PASSWORD)
    new = User.objects.get(username="yeni")
    assert not new.has_usable_password()
    assert not new.check_password("")


def test_a_dry_run_hashes_no_password_and_a_file_brings_only_some(world, monkeypatch):
    row = {"role": "analyst", "organization": world.organization.eic, "password": PASSWORD}
    rows = [{"username": f"yeni{number}"} | row for number in range(101)]
    person = world.people["super_admin"]
    with monkeypatch.context() as patched:
        patched.setattr(MD5PasswordHasher, "encode", None)
        assert not run(USERS, csv_of(*rows[:100]), person, dry_run=True).errors

    with pytest.raises(ValidationError, match="100"):
        run(USERS, csv_of(*rows), person)
    assert not User.objects.filter(username__startswith="yeni").exists()


def test_names_that_are_taken_in_any_case_are_errors_of_their_rows(world):
    """Only the database knows; nothing else in the file is blamed."""
    organizations = csv_of(
        *({"eic": organization_eic(n), "name": f"Toros {n}"} for n in range(10, 16)),
        {"eic": organization_eic(16), "name": "NOVA ENERJI"},
        {"eic": organization_eic(17), "name": "toros 12"},
    )
    row = {"full_name": "", "role": "analyst", "organization": world.organization.eic}
    users = csv_of(*(row | {"username": name} for name in ("yeni", "NORA", "other", "Yeni")))

    named = run(ORGANIZATIONS, organizations, world.people["super_admin"])
    people = run(USERS, users, world.people["super_admin"])

    assert errors_of(named) == [(8, "name", "unique"), (9, "name", "unique")]
    assert errors_of(people) == [(3, "username", "unique"), (5, "username", "unique")]
    assert named.counts["create"] == 6


def test_many_events_are_written_by_few_statements(world, django_assert_max_num_queries):
    old = [make_event(world.plant, affected_mw=1, reason="old") for _ in range(30)]
    rows = [event_row(world.plant, affected_mw="0.5") for _ in range(60)]
    rows += [event_row(world.plant, affected_mw="1", id=event.pk) for event in old]

    with django_assert_max_num_queries(20):
        report = run(EVENTS, csv_of(*rows), world.people["admin"])

    assert report.counts == {"create": 60, "change": 30, "unchanged": 0, "error": 0}
    assert EventVersion.objects.count() == 120
    assert set(PlantEvent.objects.values_list("version", flat=True)) == {1, 2}


def test_an_event_that_takes_less_fits_whatever_the_rest_of_the_file_wants(world):
    old = make_event(world.plant, affected_mw=90, starts_at=START, ends_at=END)
    less = event_row(world.plant, id=old.pk, affected_mw=60)

    report = run(
        EVENTS, csv_of(event_row(world.plant, affected_mw=50), less), world.people["admin"]
    )

    assert errors_of(report) == [(2, "affected_mw", "capacity")]
    assert "40" in report.errors[0][1].detail


@pytest.mark.parametrize(
    "content",
    [
        b"eic,name,capacity\n1,2,3\n",
        b"name\nNova\n",
        b"eic,name\n",
        b"eic,name\n" + b"1,2\n" * (MAX_ROWS + 1),
        b"",
    ],
)
def test_a_file_with_wrong_columns_or_size_is_refused_whole(world, content):
    client = api_client(world.people["super_admin"])

    answer = client.post("/api/v1/imports/organizations/", content, content_type="text/csv")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_the_api_tells_each_error_by_row_and_column_in_the_readers_language(world):
    content = csv_of(event_row(world.plant), event_row(world.plant, affected_mw="x", reason=""))
    client = api_client(world.people["admin"], accept_language="tr")

    dry = client.post("/api/v1/imports/events/?dry_run=true", content, content_type="text/csv")
    answer = client.post("/api/v1/imports/events/", content, content_type="text/csv")

    assert dry.status_code == 200
    assert dry.json()["counts"] == {"create": 1, "change": 0, "unchanged": 0, "error": 1}
    assert dry.json()["rows"][1]["errors"][0]["column"] == "reason"
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/rows/3/affected_mw",
        "/rows/3/reason",
    }
    assert "Bu alan boş bırakılmamalı." in answer.content.decode()
    assert not PlantEvent.objects.exists()


def test_the_api_takes_a_form_or_a_body_and_gives_the_file_back(world):
    client = api_client(world.people["super_admin"])
    exported = client.get("/api/v1/exports/plants/?format=xlsx")
    upload = SimpleUploadedFile("plants.xlsx", exported.content, XLSX_TYPE)

    by_form = client.post("/api/v1/imports/plants/", {"file": upload}, format="multipart")
    by_body = client.post("/api/v1/imports/plants/", exported.content, content_type=XLSX_TYPE)

    assert exported["Content-Type"] == XLSX_TYPE
    for answer in (by_form, by_body):
        assert answer.status_code == 200, answer.content
        assert answer.json()["applied"] is True
        assert answer.json()["counts"]["unchanged"] == 2


@pytest.mark.parametrize(
    ("query", "body", "content_type", "status"),
    [
        ("?dry_run=perhaps", b"eic,name\n1,2\n", "text/csv", 400),
        ("?dryrun=true", b"eic,name\n1,2\n", "text/csv", 400),
        ("", b"{}", "application/json", 415),
        ("", b"", "multipart/form-data; boundary=x", 400),
        ("", b"x" * (MAX_FILE_BYTES + 2), "text/csv", 400),
    ],
)
def test_the_api_refuses_what_is_no_import(world, query, body, content_type, status):
    answer = api_client(world.people["super_admin"]).post(
        f"/api/v1/imports/organizations/{query}", body, content_type=content_type
    )

    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def upload(client, content, name="file.csv", kind="events"):
    return client.post(
        reverse(f"{'incidents' if kind == 'events' else 'assets'}:import_{kind}"),
        {"file": SimpleUploadedFile(name, content)},
    )


def hidden_fields(response):
    return {
        "content": response.context["content"],
        "seen": response.context["report"].digest,
    }


def test_the_page_shows_what_would_happen_and_then_applies_it(client, world):
    client.force_login(world.people["admin"])
    preview = upload(client, csv_of(event_row(world.plant)))
    assert not PlantEvent.objects.exists()
    assert preview["Cache-Control"].startswith("max-age=0, no-cache, no-store")

    answer = client.post(reverse("incidents:import_events"), hidden_fields(preview))

    assert answer.status_code == 302
    assert PlantEvent.objects.count() == 1


def test_the_page_applies_nothing_that_it_has_not_shown(client, world):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)
    preview = upload(client, csv_of({"id": event.pk, "reason": "bearing"}))
    PlantEvent.objects.filter(pk=event.pk).update(reason="gearbox")

    answer = client.post(reverse("incidents:import_events"), hidden_fields(preview))

    event.refresh_from_db()
    assert event.reason == "gearbox"
    assert answer.context["is_stale"]
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
    [{}, {"seen": "x"}, {"seen": "x", "content": "no base64"}, {"seen": "x", "content": "eA=="}],
)
def test_the_page_survives_a_forged_confirmation(client, world, fields):
    client.force_login(world.people["super_admin"])

    assert client.post(reverse("assets:import_plants"), fields).status_code == 422


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


def test_the_page_gives_the_rows_of_ones_own_organization(client, world):
    make_event(world.other_plant, reason="of another")
    make_event(world.plant, reason="of ours")
    client.force_login(world.people["admin"])

    response = client.get(reverse("incidents:export_events", args=["csv"]))

    assert b"of ours" in response.content
    assert b"of another" not in response.content


def test_the_commands_write_and_read_the_same_file(world, tmp_path, capsys):
    file = tmp_path / "plants.xlsx"
    call_command("bulk_export", "plants", str(file), by="super")
    call_command("bulk_import", "plants", str(file), by="super")
    assert "2 unchanged" in capsys.readouterr().out

    bad = tmp_path / "bad.csv"
    bad.write_bytes(csv_of(event_row(world.plant, reason="")))
    with pytest.raises(CommandError, match="row 2, reason"):
        call_command("bulk_import", "events", str(bad), by="nova")
    assert not PlantEvent.objects.exists()


@pytest.mark.parametrize(
    ("kind", "file", "by"),
    [
        ("plants", "plants.csv", "nova"),
        ("events", "events.csv", "nora"),
        ("plants", "plants.csv", "nobody"),
        ("plants", "plants.ods", "super"),
        ("plants", "no/such/folder.csv", "super"),
    ],
)
def test_the_export_command_refuses(world, tmp_path, kind, file, by):
    with pytest.raises(CommandError):
        call_command("bulk_export", kind, str(tmp_path / file), by=by)


def test_many_rows_take_few_queries_to_compare(world, django_assert_max_num_queries):
    for number in range(10, 40):
        make_plant(world.organization, number)
    person = world.people["super_admin"]
    content = WRITERS["csv"](PLANTS.columns, bulk_export(PLANTS, person))

    with django_assert_max_num_queries(6):
        run(PLANTS, content, person)


def test_organizations_are_imported(world):
    content = csv_of({"eic": organization_eic(9), "name": "Toros"})

    assert run(ORGANIZATIONS, content, world.people["super_admin"]).applied
    assert Organization.objects.get(eic=organization_eic(9)).name == "Toros"

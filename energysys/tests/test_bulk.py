"""Bulk import: every error of every row, then all or nothing; an export changes nothing."""

from decimal import Decimal

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.imports import USERS
from accounts.models import User
from assets.imports import ORGANIZATIONS, PLANTS
from assets.models import Organization, PowerPlant
from energysys.bulk import bulk_export
from energysys.clock import DAY
from energysys.sheets import WRITERS
from energysys.testing import PASSWORD, make_event, make_plant, organization_eic, plant_eic
from energysys.tests.files import (
    END,
    START,
    TABLES,
    csv_of,
    errors_of,
    event_row,
    plant_row,
    run,
    state,
)
from incidents.imports import EVENTS
from incidents.models import EventVersion, PlantEvent


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
        plant_row(world, 1, fuel_type="lignite", is_yekdem="hayır", is_res="0"),
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

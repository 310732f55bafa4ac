"""Imports that meet each other, or people at work: each is done whole or refused in words."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.imports import USERS
from assets.imports import ORGANIZATIONS, PLANTS
from assets.models import Organization, PowerPlant
from energysys.testing import make_event, make_plant, make_world, organization_eic
from energysys.tests.files import csv_of, errors_of, event_row, plant_row, run
from energysys.tests.test_bulk_pages import hidden_fields, upload
from incidents.imports import EVENTS
from incidents.models import PlantEvent
from incidents.services import EventConflictError, lock_plants, update_event

PATIENCE_S = 30


@pytest.fixture
def story(committed):
    return make_world()


def elsewhere(act, *args, **kwargs):
    """Act over a connection of its own."""
    try:
        return act(*args, **kwargs)
    finally:
        connections.close_all()


def wait_for(other: Future):
    """Return when the other one waits for a lock of ours, or is done."""
    for _ in range(PATIENCE_S * 100):
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT EXISTS (SELECT FROM pg_locks
                                  WHERE NOT granted
                                    AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"""
            )
            if cursor.fetchone()[0] or other.done():
                return
        time.sleep(0.01)
    raise TimeoutError


def both(first, second):
    """What the two answer; `second` comes when `first` has written and not yet committed."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            answer = first()
            other = pool.submit(elsewhere, second)
            wait_for(other)
            assert not other.done(), other.result()
        return answer, other.result(PATIENCE_S)


def new_rows(story, kind, count=20):
    if kind == "organizations":
        return [{"eic": organization_eic(n), "name": f"Toros {n}"} for n in range(50, 50 + count)]
    if kind == "plants":
        return [plant_row(story, n) for n in range(50, 50 + count)]
    row = {"role": "analyst", "organization": story.organization.eic}
    return [row | {"username": f"yeni{n}"} for n in range(count)]


@pytest.mark.parametrize("table", [ORGANIZATIONS, PLANTS, USERS], ids=lambda table: table.kind)
def test_of_two_imports_of_the_same_new_rows_one_wins(story, table):
    content = csv_of(*new_rows(story, table.kind))
    before = table.model.objects.count()

    first, second = both(
        lambda: run(table, content, story.people["super_admin"]),
        lambda: run(table, content, story.people["super_admin"]),
    )

    assert first.applied
    assert not second.applied
    assert errors_of(second) == [(row, table.key, "unique") for row in range(2, 22)]
    assert table.model.objects.count() == before + 20


def test_rows_that_nobody_else_made_are_not_blamed(story):
    ours = new_rows(story, "plants")
    theirs = [*ours[3:5], plant_row(story, 90)]

    first, second = both(
        lambda: run(PLANTS, csv_of(*theirs), story.people["super_admin"]),
        lambda: run(PLANTS, csv_of(*ours), story.people["super_admin"]),
    )

    assert first.applied
    assert errors_of(second) == [(5, "eic", "unique"), (6, "eic", "unique")]
    assert second.counts == {"create": 18, "change": 0, "unchanged": 0, "error": 2}
    assert PowerPlant.objects.count() == 2 + 3


def test_imports_that_want_the_same_names_in_a_circle_are_told_so(story):
    """We have A and come to want B, they have B and want A; no server error, and one of each."""
    ours = csv_of({"eic": organization_eic(60), "name": "B"})
    theirs = csv_of(
        {"eic": organization_eic(61), "name": "B"}, {"eic": organization_eic(62), "name": "A"}
    )
    by = story.people["super_admin"]

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Organization.objects.create(eic=organization_eic(63), name="A")
            other = pool.submit(elsewhere, run, ORGANIZATIONS, theirs, by)
            wait_for(other)
            first = run(ORGANIZATIONS, ours, by)
        second = other.result(PATIENCE_S)

    assert not second.applied
    assert (3, "name", "unique") in errors_of(second)
    assert first.applied or errors_of(first) == [(2, "name", "unique")]
    names = Organization.objects.values_list("name", flat=True)
    assert sorted(names) in (
        ["A", "B", "Bora Elektrik", "Nova Enerji"],
        ["A", "Bora Elektrik", "Nova Enerji"],
    )


def fill(story, plants, order=1):
    """A file that takes 60 of the 100 MW of each plant."""
    rows = [event_row(plant, affected_mw="60") for plant in plants[::order]]
    return csv_of(*rows), story.people["super_admin"]


def test_two_imports_never_exceed_a_plant(story):
    plants = [story.plant, *(make_plant(story.organization, n) for n in range(50, 70))]

    first, second = both(
        lambda: run(EVENTS, *fill(story, plants)), lambda: run(EVENTS, *fill(story, plants, -1))
    )

    assert first.applied
    assert errors_of(second) == [(row, "affected_mw", "capacity") for row in range(2, 23)]
    assert "40" in second.errors[0][1].detail
    assert PlantEvent.objects.count() == len(plants)


def test_imports_that_name_the_plants_in_opposite_orders_do_not_wait_in_a_circle(story):
    plants = [make_plant(story.organization, n) for n in range(50, 150)]

    with ThreadPoolExecutor(4) as pool:
        others = [
            pool.submit(elsewhere, run, EVENTS, *fill(story, plants, order))
            for order in (1, -1, 1, -1)
        ]
        reports = [other.result(PATIENCE_S) for other in others]

    assert sorted(report.applied for report in reports) == [False, False, False, True]
    assert all(len(report.errors) == 100 for report in reports if not report.applied)
    sums = PlantEvent.objects.values("plant").annotate(mw=Sum("affected_mw"))
    assert {row["mw"] for row in sums} == {60}


def test_an_import_of_a_whole_country_takes_few_locks(world):
    with transaction.atomic(), connection.cursor() as cursor:
        lock_plants(set(range(1, 10_001)))
        cursor.execute(
            """SELECT count(*) FROM pg_locks
               WHERE locktype = 'advisory' AND pid = pg_backend_pid()"""
        )
        # One is the engine's.
        assert cursor.fetchone() == (513,)


def test_two_clicks_at_once_import_once(story):
    people = [Client(), Client()]
    for client in people:
        client.force_login(story.people["admin"])
    fields = hidden_fields(upload(people[0], csv_of(event_row(story.plant))))
    page = reverse("incidents:import_events")

    first, second = both(lambda: people[0].post(page, fields), lambda: people[1].post(page, fields))

    assert (first.status_code, second.status_code) == (302, 302)
    assert PlantEvent.objects.count() == 1


def test_a_form_that_was_opened_before_an_import_does_not_undo_it(story):
    event = make_event(story.plant, affected_mw=10)
    edited = PlantEvent.objects.get(pk=event.pk)
    edited.reason = "from the form"
    change = csv_of({"id": event.pk, "affected_mw": "20"})

    def save():
        with pytest.raises(EventConflictError) as refusal:
            update_event(edited, by=story.people["admin"])
        return refusal.value.code

    report, code = both(lambda: run(EVENTS, change, story.people["admin"]), save)

    event.refresh_from_db()
    assert report.applied
    assert code == "stale"
    assert (event.reason, event.affected_mw) == ("turbine trip", 20)


def test_an_import_that_was_shown_before_a_form_was_saved_is_not_applied(story):
    event = make_event(story.plant, affected_mw=10)
    change = csv_of({"id": event.pk, "affected_mw": "20"})
    seen = run(EVENTS, change, story.people["admin"], dry_run=True).digest

    def save():
        edited = PlantEvent.objects.get(pk=event.pk)
        edited.affected_mw = Decimal(15)
        update_event(edited, by=story.people["admin"])

    _, report = both(save, lambda: run(EVENTS, change, story.people["admin"], seen=seen))

    event.refresh_from_db()
    assert not report.applied
    assert report.rows[0].changes[0].before == "15"
    assert event.affected_mw == 15


PAGES = pytest.mark.parametrize(
    ("page", "table", "column"),
    [
        ("assets:edit_organization", ORGANIZATIONS, "name"),
        ("assets:edit_plant", PLANTS, "name"),
        ("accounts:edit_user", USERS, "full_name"),
    ],
)


def opened(world, client, page, table):
    """The row that a Super Admin has open for a change, the page's address and its fields."""
    rows = {
        "organizations": world.organization,
        "plants": world.plant,
        "users": world.people["analyst"],
    }
    row = rows[table.kind]
    address = reverse(page, args=[getattr(row, "eic", row.pk)])
    client.force_login(world.people["super_admin"])
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return row, address, {name: "" if value is None else value for name, value in values.items()}


def refusals(answer):
    return [refusal.code for refusal in answer.context["form"].non_field_errors().as_data()]


@PAGES
def test_a_page_that_was_opened_before_an_import_does_not_undo_it(
    world, client, page, table, column
):
    row, address, fields = opened(world, client, page, table)
    change = csv_of({table.key: getattr(row, table.key), column: "From a file"})
    assert run(table, change, world.people["super_admin"]).applied

    late = client.post(address, fields)

    row.refresh_from_db()
    assert (late.status_code, refusals(late)) == (422, ["stale"])
    assert getattr(row, column) == "From a file"
    again = client.get(address).context["form"]
    assert client.post(address, fields | {"seen": again["seen"].value()}).status_code == 302


@PAGES
def test_of_two_saves_of_a_page_at_once_the_later_is_told(story, page, table, column):
    people = Client(), Client()
    for client in people:
        row, address, fields = opened(story, client, page, table)

    def save(client, value):
        return client.post(address, fields | {column: value})

    first, second = both(lambda: save(people[0], "First"), lambda: save(people[1], "Second"))

    row.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 422)
    assert refusals(second) == ["stale"]
    assert getattr(row, column) == "First"

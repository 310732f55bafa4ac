"""Plant events as people report, change, end, dismiss and read them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from energysys.clock import ISTANBUL
from energysys.testing import each_cell, make_event
from incidents.models import EventState, PlantEvent

LISTS = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("incidents:events", "get", 200, 200, 200, 200),
    ("incidents:search", "get", 200, 200, 200, 200),
    ("incidents:report", "get", 200, 200, 403, 200),
    ("incidents:report", "post", 422, 422, 403, 422),
    ("incidents:free", "get", 200, 200, 403, 200),
    ("incidents:plan", "get", 200, 200, 200, 200),
    ("incidents:import_events", "get", 200, 200, 403, 200),
    ("incidents:import_events", "post", 422, 422, 403, 422),
]
EVENT = [
    ("incidents:event", "get", 200, 200, 200, 404),
    ("incidents:edit", "get", 200, 200, 403, 404),
    ("incidents:edit", "post", 422, 422, 403, 404),
    ("incidents:end", "post", 302, 302, 403, 404),
    ("incidents:dismiss", "post", 302, 302, 403, 404),
    ("incidents:end", "get", 200, 200, 403, 404),
    ("incidents:dismiss", "get", 405, 405, 405, 405),
]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(LISTS))
def test_event_list_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page)).status_code == status


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(EVENT))
def test_event_page_answers_each_role(client, world, page, method, role, status):
    event = make_event(world.plant)
    client.force_login(world.people[role])

    assert getattr(client, method)(reverse(page, args=[event.pk])).status_code == status


def entry(plant, **changes):
    """What the form of a 30 MW failure sends."""
    return {
        "plant": plant.eic,
        "event_type": "failure",
        "starts_at": "2026-11-22T16:20",
        "ends_at": "2026-11-22T22:00",
        "affected_mw": "30",
        "reason": "turbine trip",
        "description": "",
    } | changes


def errors_of(response):
    assert response.status_code == 422
    return response.context["form"].errors


def test_a_report_is_stored_in_turkish_time_with_its_reporter(client, world):
    client.force_login(world.people["admin"])

    response = client.post(reverse("incidents:report"), entry(world.plant))

    event = PlantEvent.objects.get()
    assert response.url == event.get_absolute_url()
    assert event.starts_at == dt.datetime(2026, 11, 22, 16, 20, tzinfo=ISTANBUL)
    assert event.reported_by == world.people["admin"]


@pytest.mark.parametrize(
    ("language", "written", "meant"),
    [
        ("tr", "12,5", "12.5"),
        ("tr", "12.5", "12.5"),
        ("tr", "0,125", "0.125"),
        ("en", "12.5", "12.5"),
        ("en", "12,5", "12.5"),
        ("en", "0.125", "0.125"),
    ],
)
def test_megawatts_are_read_in_either_way_of_writing(client, world, language, written, meant):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = language

    client.post(reverse("incidents:report"), entry(world.plant, affected_mw=written))

    assert PlantEvent.objects.get().affected_mw == Decimal(meant)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("plant", ""),
        ("plant", "40W0000000000000"),
        ("event_type", "strike"),
        ("starts_at", ""),
        ("starts_at", "yesterday"),
        ("starts_at", "0001-01-01T00:00"),
        ("starts_at", "9999-12-31T23:59"),
        ("ends_at", "2026-11-22T16:20"),
        ("ends_at", "2026-13-01T00:00"),
        ("affected_mw", "0"),
        ("affected_mw", "-5"),
        ("affected_mw", "NaN"),
        ("affected_mw", "much"),
        ("affected_mw", "1e99"),
        ("affected_mw", "1_0"),
        ("affected_mw", "1e1"),
        ("affected_mw", "101"),
        ("reason", ""),
        ("reason", "x" * 201),
        ("reason", "\0"),
        ("description", "x" * 4001),
    ],
)
def test_bad_input_gets_an_error_at_its_field(client, world, field, given):
    client.force_login(world.people["admin"])

    response = client.post(reverse("incidents:report"), entry(world.plant) | {field: given})

    assert field in errors_of(response)
    assert not PlantEvent.objects.exists()


def test_a_report_says_how_many_megawatts_are_free(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"
    make_event(
        world.plant, affected_mw=Decimal("40.5"), starts_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    )

    response = client.post(reverse("incidents:report"), entry(world.plant, affected_mw="60"))

    assert errors_of(response)["affected_mw"] == ["At most 59.5 MW are free in that period."]


def test_an_admin_cannot_report_for_another_organization(client, world):
    client.force_login(world.people["admin"])

    response = client.post(reverse("incidents:report"), entry(world.other_plant))

    assert "plant" in errors_of(response)


def test_the_address_chooses_the_plant(client, world):
    client.force_login(world.people["admin"])

    form = client.get(reverse("incidents:report"), {"plant": world.plant.eic}).context["form"]

    assert form["plant"].value() == world.plant.eic
    assert form.room.free_mw == 100


def test_a_change_keeps_the_seconds_that_the_form_does_not_show(client, world):
    client.force_login(world.people["admin"])
    start = dt.datetime(2026, 11, 22, 16, 20, 42, tzinfo=ISTANBUL)
    event = make_event(world.plant, starts_at=start)

    client.post(reverse("incidents:edit", args=[event.pk]), entry(world.plant, reason="bearing"))

    event.refresh_from_db()
    assert (event.reason, event.starts_at, event.version) == ("bearing", start, 2)
    assert event.changed_by == world.people["admin"]


def test_a_change_does_not_move_an_event_to_another_plant(client, world):
    client.force_login(world.people["super_admin"])
    event = make_event(world.plant)

    client.post(reverse("incidents:edit", args=[event.pk]), entry(world.other_plant))

    event.refresh_from_db()
    assert event.plant == world.plant


def test_a_dismissed_event_refuses_a_change_and_says_so(client, world):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)
    client.post(reverse("incidents:dismiss", args=[event.pk]))

    response = client.post(reverse("incidents:edit", args=[event.pk]), entry(world.plant))

    assert response.status_code == 409
    assert response.context["form"].non_field_errors()


def test_ending_gives_the_capacity_back_and_doing_it_twice_tells_why_not(client, world):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)

    client.post(reverse("incidents:end", args=[event.pk]))
    again = client.post(reverse("incidents:end", args=[event.pk]), follow=True)

    event.refresh_from_db()
    assert event.state == EventState.ENDED
    assert [message.level_tag for message in again.context["messages"]] == ["success", "error"]


def test_the_versions_show_what_each_changed(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"
    event = make_event(world.plant)
    client.post(reverse("incidents:end", args=[event.pk]))
    client.post(reverse("incidents:dismiss", args=[event.pk]))

    history = client.get(event.get_absolute_url()).context["history"]

    assert [entry["verb"] for entry in history] == ["dismissed", "ended", "reported"]
    assert [change["name"] for change in history[1]["changes"]] == ["ends_at"]


def test_the_free_part_follows_plant_and_times(client, world):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)
    times = {"starts_at": "2026-11-22T16:20", "plant": world.plant.eic}

    def free(**query):
        room = client.get(reverse("incidents:free"), query).context["form"].room
        return room and room.free_mw

    assert free(**times) == 60
    assert free(event=event.pk, starts_at=times["starts_at"]) == 100
    assert free(starts_at="nonsense", plant=world.plant.eic) is None


def test_event_pages_take_few_queries(client, world, django_assert_max_num_queries):
    client.force_login(world.people["admin"])
    for _number in range(5):
        event = make_event(world.plant, affected_mw=Decimal(5))

    with django_assert_max_num_queries(8):
        client.get(reverse("incidents:events"))
    for page in ("incidents:report", "incidents:plan"):
        with django_assert_max_num_queries(12):
            client.get(reverse(page))
    for page in ("incidents:event", "incidents:edit"):
        with django_assert_max_num_queries(12):
            client.get(reverse(page, args=[event.pk]))


def test_a_change_of_what_somebody_else_has_changed_keeps_the_text_and_tells(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"
    event = make_event(world.plant)
    address = reverse("incidents:edit", args=[event.pk])
    seen = client.get(address).context["form"]["version"].value()
    client.post(address, entry(world.plant, affected_mw="50", version=seen))

    late = client.post(address, entry(world.plant, affected_mw="45", reason="mine", version=seen))

    event.refresh_from_db()
    page = late.content.decode()
    assert (late.status_code, event.affected_mw, event.version) == (409, 50, 2)
    assert 'value="mine"' in page
    assert f'href="{event.get_absolute_url()}#v2"' in page
    changed = {change["name"]: change["new"] for change in late.context["meanwhile"]}
    assert changed["affected_mw"] == 50

    newest = late.context["form"]["version"].value()
    client.post(address, entry(world.plant, affected_mw="45", reason="mine", version=newest))
    event.refresh_from_db()
    assert (event.affected_mw, event.reason, event.version) == (45, "mine", 3)


def test_without_a_script_the_buttons_fill_in_and_publish_nothing(client, world):
    client.force_login(world.people["admin"])
    client.cookies["django_language"] = "en"
    make_event(world.plant, starts_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))

    looked = client.post(
        reverse("incidents:report"), entry(world.plant, reason="", affected_mw="", look="yes")
    )
    filled = client.post(
        reverse("incidents:report"), entry(world.plant, reason="pump", affected_mw="", fill="60")
    )

    assert looked.status_code == filled.status_code == 200
    assert "60 MW free in that period" in looked.content.decode()
    assert not looked.context["form"].errors
    assert filled.context["form"]["affected_mw"].value() == "60"
    assert filled.context["form"]["reason"].value() == "pump"
    assert filled.context["effect"].left_mw == 0
    assert PlantEvent.objects.count() == 1


def test_usual_amounts_that_still_fit_are_offered(client, world):
    client.force_login(world.people["admin"])
    past = {
        "starts_at": dt.datetime(2026, 10, 1, tzinfo=dt.UTC),
        "ends_at": dt.datetime(2026, 10, 2, tzinfo=dt.UTC),
    }
    for amount in (25, 25, 30):
        make_event(world.plant, affected_mw=Decimal(amount), **past)

    room = client.get(reverse("incidents:report"), {"plant": world.plant.eic}).context["form"].room

    assert room.usual_mw == [25, 30]


def test_the_effect_of_publishing_is_told_before(client, world):
    client.force_login(world.people["admin"])

    query = entry(world.plant, affected_mw="30", starts_at="2026-11-22T16:20")
    effect = client.get(reverse("incidents:free"), query).context["effect"]

    assert (effect.free_mw, effect.left_mw) == (100, 70)
    assert float(effect.lost_mwh) == pytest.approx(30 * (5 + 40 / 60))
    assert effect.hours == 6


def test_the_only_plant_of_an_admin_is_chosen_already(client, world):
    client.force_login(world.people["admin"])

    form = client.get(reverse("incidents:report")).context["form"]

    assert form["plant"].value() == world.plant.eic
    assert form["event_type"].value() == "failure"


def test_an_event_ends_at_a_given_time(client, world):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)
    ended = (event.starts_at + dt.timedelta(minutes=20)).astimezone(ISTANBUL)

    response = client.post(
        reverse("incidents:end", args=[event.pk]), {"ends_at": f"{ended:%Y-%m-%dT%H:%M}"}
    )

    event.refresh_from_db()
    assert response.url == event.get_absolute_url()
    assert event.ends_at == ended.replace(second=0, microsecond=0)


@pytest.mark.parametrize("given", ["2020-01-01T00:00", "tomorrow", "9999-12-31T23:59"])
def test_a_bad_end_is_refused_at_its_field(client, world, given):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)

    response = client.post(reverse("incidents:end", args=[event.pk]), {"ends_at": given})

    assert "ends_at" in errors_of(response)
    event.refresh_from_db()
    assert event.ends_at is None


def test_a_planned_event_tells_what_it_will_cost_in_energy(client, world):
    client.force_login(world.people["admin"])
    begins = timezone.now() + dt.timedelta(days=2)
    planned = make_event(world.plant, starts_at=begins, ends_at=begins + dt.timedelta(hours=6))

    page = client.get(
        planned.get_absolute_url(), headers={"accept-language": "en"}
    ).content.decode()

    assert '<dd class="v">240.0 <span class="unit">MWh</span></dd>' in page
    assert "expected until the end" in page


@pytest.mark.parametrize("page", ["incidents:event", "incidents:edit", "incidents:end"])
def test_the_menu_shows_where_the_pages_of_an_event_belong(client, world, page):
    client.force_login(world.people["admin"])
    event = make_event(world.plant)

    answer = client.get(reverse(page, args=[event.pk])).content.decode()

    # Once in the menu, once in the bar of the phone.
    assert answer.count(f'<a href="{reverse("incidents:events")}" aria-current') == 2

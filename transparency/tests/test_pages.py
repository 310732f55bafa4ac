"""The dashboard's figures and the hourly series as pages."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.testing import each_cell, make_event

PAGES = [
    # page, method, then the answer to: super_admin, admin, analyst, outsider
    ("dashboard", "get", 200, 200, 200, 200),
    ("transparency:prices", "get", 200, 200, 200, 200),
    ("transparency:consumption", "get", 200, 200, 200, 200),
    ("transparency:generation", "get", 200, 200, 200, 200),
    ("transparency:plant_names", "get", 200, 200, 200, 200),
    ("transparency:event_list", "get", 200, 200, 200, 200),
    ("dashboard", "post", 405, 405, 405, 405),
]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PAGES))
def test_series_page_answers_each_role(client, world, page, method, role, status):
    client.force_login(world.people[role])

    chosen = ["csv"] if page == "transparency:event_list" else []
    assert getattr(client, method)(reverse(page, args=chosen)).status_code == status


def publish(ts, actual=None, forecast=None, ptf=None, smf=None):
    """Store an hour as the market's own; the application role may not write it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT transparency_import_hours_v1(
                   ARRAY[%s::timestamptz], ARRAY[%s::float8], ARRAY[%s::float8],
                   ARRAY[%s::numeric], ARRAY[%s::numeric])""",
            [ts, actual, forecast, ptf, smf],
        )


def this_hour():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def test_the_dashboard_of_an_empty_market_says_so(client, world):
    client.force_login(world.people["admin"])

    board = client.get(reverse("dashboard")).context["board"]

    assert board.consumption is None
    assert board.ranking == {}
    assert board.prices.ptf_extremes is None


def test_the_dashboard_shows_the_latest_published_consumption_with_its_forecast(client, world):
    client.force_login(world.people["analyst"])
    for hours in range(1, 6):
        publish(this_hour() - hours * HOUR, actual=1000 + hours, forecast=2000 + hours)

    latest = client.get(reverse("dashboard")).context["board"].consumption

    # Consumption follows 2 hours after the end of its hour.
    assert latest.ts == this_hour() - 3 * HOUR
    assert (latest.actual_mwh, latest.forecast_mwh) == (1003, 2003)


def test_the_dashboard_shows_yesterdays_price_extremes(client, world):
    client.force_login(world.people["analyst"])
    today = turkish_midnight(turkish_date(timezone.now()))
    for n, ts in enumerate([today - DAY, today - 20 * HOUR, today - 10 * HOUR]):
        publish(ts, ptf=100 * n, smf=300 - 100 * n)
    # Today's hour is no extreme of yesterday.
    publish(today, ptf=9000)

    ptf, smf = client.get(reverse("dashboard")).context["board"].price_extremes

    assert (ptf["low"], ptf["low_at"], ptf["high"]) == (0, today - DAY, 200)
    assert (smf["low"], smf["high"], smf["high_at"]) == (100, 300, today - DAY)


def test_the_dashboard_counts_ones_own_plants_by_status(client, world):
    client.force_login(world.people["admin"])
    make_event(world.plant)
    make_event(world.other_plant)

    statuses = client.get(reverse("dashboard")).context["board"].statuses

    assert {line["status"]: line["count"] for line in statuses["lines"]} == {
        "active": 0,
        "maintenance": 0,
        "failure": 1,
    }
    assert (statuses["available"], statuses["installed"]) == (60, 100)


def day_of(shift):
    return (turkish_date(timezone.now()) + shift * DAY).isoformat()


def table_of(client, page, **query):
    return client.get(reverse(page), query).context["table"]


def test_zero_missing_and_not_yet_do_not_look_alike(client, world):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = "en"
    yesterday = turkish_midnight(turkish_date(timezone.now())) - DAY
    publish(yesterday, ptf=0)

    response = client.get(reverse("transparency:prices"), {"start": day_of(-1), "end": day_of(1)})

    cells = [line.cells for line in response.context["table"].lines()]
    assert len(cells) == 72
    assert [(cell.value, cell.tone) for cell in cells[0]] == [
        (0.0, ""),
        (None, "missing"),
        (None, "none"),
    ]
    # SMF of yesterday's first hour is due, that of tomorrow's last is not; its PTF is.
    assert [cell.tone for cell in cells[-1]] == ["missing", "pending", "none"]
    page = response.content.decode()
    assert ">0.00<" in page
    assert "missing" in page
    assert "not yet" in page


def test_nothing_after_tomorrow_is_listed(client, world):
    client.force_login(world.people["analyst"])
    publish(this_hour() + 3 * DAY, ptf=1)

    assert len(table_of(client, "transparency:prices", start=day_of(2))) == 0
    assert len(table_of(client, "transparency:prices", start=day_of(1), end=day_of(5))) == 24


@pytest.mark.parametrize("page", ["prices", "consumption", "generation"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "soon"}, "start"),
        ({"start": "2026-02-30"}, "start"),
        ({"start": "0001-01-01"}, "start"),
        ({"end": "9999-12-31"}, "end"),
        ({"start": "2026-11-24", "end": "2026-11-20"}, "end"),
        ({"start": "2026-01-01", "end": "2026-03-01"}, "end"),
    ],
)
def test_a_bad_day_gets_its_error_and_no_row(client, world, page, query, field):
    client.force_login(world.people["analyst"])

    response = client.get(reverse(f"transparency:{page}"), query)

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert len(response.context["table"]) == 0


def test_generation_of_another_organization_is_no_choice(client, world):
    client.force_login(world.people["admin"])

    response = client.get(reverse("transparency:generation"), {"plant": world.other_plant.eic})

    assert "plant" in response.context["form"].errors
    assert world.other_plant.name not in response.content.decode()


@pytest.mark.parametrize(("language", "written"), [("tr", "1.234,50"), ("en", "1,234.50")])
def test_figures_are_written_in_the_readers_language(client, world, language, written):
    client.force_login(world.people["analyst"])
    client.cookies["django_language"] = language
    publish(turkish_midnight(turkish_date(timezone.now())), ptf=1234.5)

    assert written in client.get(reverse("transparency:prices")).content.decode()


@pytest.mark.parametrize("role", ["super_admin", "admin"])
@pytest.mark.parametrize("page", ["prices", "consumption", "generation"])
@pytest.mark.parametrize("query", [{}, {"by": "plant"}, {"by": "plant_hour"}, {"compare": "week"}])
def test_series_pages_take_few_queries(
    client, world, django_assert_max_num_queries, page, role, query
):
    client.force_login(world.people[role])

    with django_assert_max_num_queries(8):
        client.get(reverse(f"transparency:{page}"), query)


def test_times_are_turkish_whatever_the_server_thinks():
    assert turkish_midnight(dt.date(2026, 11, 22)).utcoffset() == dt.timedelta(hours=3)


def test_an_empty_panel_leads_on_as_far_as_the_role_may(client, world):
    report = reverse("incidents:report")
    for role, leads in (("admin", True), ("analyst", False)):
        client.force_login(world.people[role])
        plan = client.get(reverse("incidents:plan")).content.decode()
        empty = plan.split('class="empty"')[1].split("</section>")[0]
        assert (f'href="{report}"' in empty) == leads, role

    nothing = client.get(reverse("assets:plants"), {"q": "nowhere"}).content.decode()
    empty = nothing.split('class="empty"')[1].split("</section>")[0]
    assert f'href="{reverse("assets:plants")}"' in empty

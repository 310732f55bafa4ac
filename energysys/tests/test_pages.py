"""What holds for all pages together: none is left out of a role table, and figures are rows'."""

import datetime as dt
import re

import pytest
from django.db.models import Sum
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from accounts.tests import test_pages as accounts_pages
from assets.tests import test_pages as assets_pages
from energysys.clock import DAY, turkish_date, turkish_midnight, utc_date
from energysys.testing import ROLES, make_plant
from energysys.tests import test_bulk_pages, test_integrators
from incidents.tests import test_feed, test_webhook_pages
from incidents.tests import test_pages as incidents_pages
from simulation import engine
from simulation.tests import test_pages as simulation_pages
from transparency.models import HourlyGeneration
from transparency.series import Span, plant_generation
from transparency.tests import test_pages as transparency_pages

ROLE_TABLES = [
    test_bulk_pages.EXPORTS,
    test_integrators.PAGES,
    test_feed.PAGES,
    test_webhook_pages.PAGES,
    test_webhook_pages.WEBHOOK_PAGES,
    test_webhook_pages.MESSAGE_PAGES,
    accounts_pages.ANSWERS,
    accounts_pages.KEY,
    accounts_pages.PERSON,
    assets_pages.LISTS,
    assets_pages.PLANT,
    assets_pages.ORGANIZATION,
    incidents_pages.LISTS,
    incidents_pages.EVENT,
    simulation_pages.ANSWERS,
    transparency_pages.PAGES,
]
# What machines read, and Django's admin: test_api_access, epias/tests/test_access and
# test_admin_access have the tables of these.
OUTSIDE = ("api/v1/", "cas/", "electricity-service/", "reporting-service/", "health/", "admin/")


def page_names(resolver, prefix="", namespace=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from page_names(pattern, route, inner)
        elif isinstance(pattern, URLPattern) and not route.lstrip("^").startswith(OUTSIDE):
            yield f"{namespace}{pattern.name}"


TABLED = {(row[0], row[1]) for table in ROLE_TABLES for row in table}
# Methods that a table leaves out must be refused to everyone.
UNTABLED = sorted(
    (name, method)
    for name in {name for name, _method in TABLED}
    for method in ("get", "post")
    if (name, method) not in TABLED
)


def test_the_role_tables_leave_no_page_out():
    assert set(page_names(get_resolver())) == {name for name, _method in TABLED}


def address_of(name):
    """The address of a page; what it names need not exist to refuse a method."""
    some_uuid = "00000000-0000-4000-8000-000000000000"
    for arguments in ([], [1], [1, 1], [some_uuid], [1, some_uuid]):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} takes arguments that this test does not know.")


@pytest.mark.parametrize("role", ROLES)
def test_methods_that_no_table_names_are_refused(client, world, role):
    client.force_login(world.people[role])

    taken = {
        (name, method): status
        for name, method in UNTABLED
        if (status := getattr(client, method)(address_of(name)).status_code) not in (403, 405)
    }

    assert taken == {}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_no_page_takes_other_methods(client, world, method):
    client.force_login(world.people["super_admin"])

    taken = {name for name, _method in TABLED}
    answers = {getattr(client, method)(address_of(name)).status_code for name in taken}

    assert answers == {405}


@pytest.fixture
def market(world):
    """Nova runs three plants whose yesterday is simulated."""
    for number, fuel in ((3, "wind"), (4, "hydro_dam")):
        make_plant(world.organization, number, fuel_type=fuel, is_res=True)
    for age in (3, 2, 1, 0):
        engine.simulate_day(utc_date(timezone.now()) - age * DAY)
    return world


def test_best_and_worst_plant_are_the_nearest_and_farthest_from_their_plan(client, market):
    client.force_login(market.people["analyst"])
    today = turkish_midnight(turkish_date(timezone.now()))
    off = {}
    for plant in market.organization.plants.all():
        hours = plant_generation(Span(today - DAY, today, timezone.now()), plant.pk)
        assert len(hours) == 24
        planned = sum(hour.planned_mwh or 0 for hour in hours)
        # On some days one of them stands nearly still.
        if planned >= 24 * float(plant.installed_capacity_mw) / 100:
            off[plant.pk] = abs(sum(hour.actual_mwh or 0 for hour in hours) / planned - 1)

    ranking = client.get(reverse("dashboard")).context["board"].ranking

    assert ranking["count"] == len(off) > 0
    assert ranking["best"]["plant"].pk == min(off, key=off.__getitem__)
    assert ranking["worst"]["plant"].pk == max(off, key=off.__getitem__)


def test_a_full_dashboard_takes_few_queries(client, market, django_assert_max_num_queries):
    client.force_login(market.people["super_admin"])

    with django_assert_max_num_queries(14):
        client.get(reverse("dashboard"))


def test_the_sum_of_generation_is_that_of_ones_own_plants(client, market):
    client.force_login(market.people["admin"])
    yesterday = turkish_midnight(turkish_date(timezone.now())) - DAY
    own = list(market.organization.plants.values_list("pk", flat=True))

    table = client.get(
        reverse("transparency:generation"),
        {"start": turkish_date(yesterday), "end": turkish_date(yesterday)},
    ).context["table"]

    stored = HourlyGeneration.objects.filter(ts=yesterday, plant_id__in=own)
    assert table.values["actual"][0] == pytest.approx(
        stored.aggregate(total=Sum("actual_mwh"))["total"]
    )
    assert len(table) == 24


@pytest.mark.parametrize("role", ["super_admin", "admin", "analyst"])
def test_every_link_of_a_page_can_be_followed(client, market, role):
    client.force_login(market.people[role])
    page = client.get(reverse("dashboard")).content.decode()
    links = {link for link in re.findall(r'href="(/[^"#]*)"', page) if "/static/" not in link}

    answers = {link: client.get(link.replace("&amp;", "&")).status_code for link in links}

    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("path", ["/nowhere/", "/plants/40W0000000000000/", "/events/0/"])
def test_a_missing_page_says_what_to_do_next(client, world, path):
    client.force_login(world.people["analyst"])

    response = client.get(path)

    assert response.status_code == 404
    assert response["X-Request-ID"] in response.content.decode()
    assert f'href="{reverse("dashboard")}"' in response.content.decode()


def test_no_page_carries_inline_script_or_style(client, market):
    client.force_login(market.people["super_admin"])

    for name in ("dashboard", "assets:plants", "incidents:report", "transparency:prices"):
        page = client.get(reverse(name)).content.decode()

        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), name


def test_figures_keep_their_sign_and_group_in_both_languages():
    from energysys.templatetags import market as written

    at = dt.datetime(2026, 11, 22, 13, 24, tzinfo=dt.UTC)
    with translation.override("en"):
        english = written.number(-1234.5), written.percent(-0.096), written.moment(at)
    with translation.override("tr"):
        turkish = written.number(-1234.5)

    assert english == ("\N{MINUS SIGN}1,234.50", "\N{MINUS SIGN}9.6%", "22 Nov 2026 16:24")
    assert turkish == "\N{MINUS SIGN}1.234,50"
    assert written.number(-0.001) == written.number(0.0)

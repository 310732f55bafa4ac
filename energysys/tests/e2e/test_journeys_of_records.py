"""An operator at night on a phone, and a Super Admin at a desk, each with and without scripts."""

import pytest

from assets.eic import PARTY, RESOURCE, make_eic
from energysys.tests.e2e.reader import LANGUAGES

pytestmark = pytest.mark.e2e

WAYS = [(language, scripts) for language in LANGUAGES for scripts in (True, False)]
PLANT = "Nova İskenderun TES"


def text_of(page, selector):
    return " ".join(page.locator(selector).all_inner_texts())


@pytest.mark.parametrize(("language", "scripts"), WAYS)
def test_an_operator_reports_updates_and_ends_an_outage(reader, language, scripts):
    operator = reader("admin", language, "dark", width=360, scripts=scripts)
    page = operator.page
    operator.open("/")

    # Three things to say: which plant, how much, why. Type and start are there already.
    page.locator(".dock a[href='/events/report/']").click()
    page.select_option("#id_plant", label=PLANT)
    if not scripts:
        page.locator("button[name=look]").click()
    page.locator("#free button[name=fill]").first.click()
    page.wait_for_function("document.getElementById('id_affected_mw').value") if scripts else None
    page.fill("#id_reason", f"GT-1 {language}")
    page.locator(".submit .go").click()
    page.wait_for_url("**/events/*/")
    assert f"GT-1 {language}" in text_of(page, "h1")

    page.locator("main a[href$='/edit/']").click()
    page.fill("#id_affected_mw", "40")
    page.fill("#id_description", "one line\nanother")
    page.locator(".submit .go").click()
    page.wait_for_url("**/events/*/")
    assert page.locator(".versions > li").count() == 2
    assert "40" in text_of(page, ".versions ins")

    page.locator(".actions form[action$='/end/'] button").click()
    page.wait_for_url("**/events/*/")
    assert page.locator(".versions > li").count() == 3
    assert page.locator(".actions form[action$='/end/']").count() == 0
    if scripts:
        assert operator.axe() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_report_beyond_what_is_free_keeps_the_text_and_says_how_much_is(reader, scripts):
    operator = reader("admin", "en", width=360, scripts=scripts)
    page = operator.page
    operator.open("/events/report/")

    page.select_option("#id_plant", label="Nova Marmara DGKÇS")
    page.fill("#id_affected_mw", "640")
    page.fill("#id_reason", "oil pressure")
    page.locator(".submit .go").click()

    error = page.locator(".field:has(#id_affected_mw) .errorlist")
    error.wait_for()
    assert "MW are free in that period" in error.inner_text()
    assert page.input_value("#id_reason") == "oil pressure"
    assert page.locator("[role=alert] a[href='#id_affected_mw']").count() == 1
    if scripts:
        assert operator.axe() == []


@pytest.mark.parametrize(("language", "scripts"), WAYS)
def test_a_super_admin_registers_an_organization_a_plant_and_a_user(reader, language, scripts):
    admin = reader("super_admin", language, scripts=scripts)
    page = admin.page
    number = 7000 + WAYS.index((language, scripts))
    name = f"Ege {number}"
    admin.open("/organizations/")

    page.locator(".actions a[href='/organizations/new/']").click()
    page.fill("#id_name", name)
    page.fill("#id_eic", "wrong")
    page.locator(".submit .go").click()
    page.locator("#id_eic[aria-invalid=true]").wait_for()
    page.fill("#id_eic", make_eic(PARTY, number))
    page.locator(".submit .go").click()
    page.wait_for_url(f"**/organizations/{make_eic(PARTY, number)}/")

    page.locator(".actions a[href*='/plants/new/']").click()
    page.fill("#id_name", f"{name} RES")
    page.fill("#id_eic", make_eic(RESOURCE, number))
    page.select_option("#id_fuel_type", "wind")
    page.fill("#id_installed_capacity_mw", "42,5" if language == "tr" else "42.5")
    page.check("#id_is_res")
    page.locator(".submit .go").click()
    page.wait_for_url(f"**/plants/{make_eic(RESOURCE, number)}/")
    assert f"{name} RES" in text_of(page, "h1")
    page.locator(".crumbs a", has_text=name).click()

    page.locator(".actions a[href*='/users/new/']").click()
    page.fill("#id_username", f"ege{number}")
    page.select_option("#id_role", "admin")
    page.fill("#id_new_password", "kirmizi-balik-42")
    page.locator(".submit .go").click()
    page.wait_for_url("**/users/*/")
    assert name in text_of(page, ".facts")

    summary = page.locator("details.drop summary.risk")
    summary.click()
    page.locator(".drop button[value=no]").click()
    page.locator(".actions button[value=yes]").wait_for()
    if scripts:
        assert admin.axe() == []


def test_back_restores_the_filter_with_its_list(reader):
    from playwright.sync_api import expect

    admin = reader("admin", "en")
    page = admin.page
    admin.open("/events/")

    page.fill("#id_q", "Murat")
    page.wait_for_url("**/events/?q=Murat*")
    page.select_option("#id_event_type", "failure")
    page.wait_for_url("**event_type=failure*")
    page.go_back()
    expect(page.locator("#id_event_type")).to_have_value("")
    expect(page.locator("#id_q")).to_have_value("Murat")
    page.go_back()
    expect(page.locator("#id_q")).to_have_value("")

    assert page.url == admin.base + "/events/"

"""An analyst looks for yesterday's plan deviation by fuel and hands the view on as a link."""

import io
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest

from energysys.tests.e2e.reader import LANGUAGES

pytestmark = pytest.mark.e2e

WAYS = [(language, scripts) for language in LANGUAGES for scripts in (True, False)]
ROWS = "section:has(#rows-title) tbody tr, section:has(#rows-title) tfoot tr"


def view_of(page):
    """What the view says: its rows, its figures, its words."""
    return [
        page.locator(selector).all_inner_texts() for selector in (ROWS, ".figures dd.v", "p.say")
    ]


@pytest.mark.parametrize(("language", "scripts"), WAYS)
def test_the_link_to_yesterdays_deviation_by_fuel_reopens_the_view(reader, language, scripts):
    analyst = reader("analyst", language, scripts=scripts)
    page = analyst.page
    analyst.open("/generation/")

    page.locator("#preset-1").click()
    page.locator("#preset-1[aria-current=true]").wait_for()
    page.locator("#by-2").click()
    page.locator("#by-2[aria-current=true]").wait_for()
    page.locator("#sort-4").click()
    page.locator("th[aria-sort=descending] #sort-4").wait_for()
    seen = view_of(page)
    link = page.locator("[data-copy]").get_attribute("href")
    assert len(seen[0]) >= 5
    assert {"start", "end", "by", "sort"} <= set(parse_qs(urlsplit(link).query))
    assert parse_qs(urlsplit(page.url).query) == parse_qs(urlsplit(link).query)

    colleague = reader("analyst", language, scripts=scripts)
    colleague.open(f"/generation/{link}")

    assert view_of(colleague.page) == seen
    if scripts:
        assert analyst.axe() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_back_leads_to_the_view_before(reader, scripts):
    analyst = reader("analyst", "en", scripts=scripts)
    page = analyst.page
    analyst.open("/prices/")
    first = view_of(page)

    page.locator("#preset-1").click()
    page.locator("#preset-1[aria-current=true]").wait_for()
    assert view_of(page) != first
    page.go_back()
    page.locator("#preset-2[aria-current=true]").wait_for()

    assert view_of(page) == first


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_hold_the_rows_that_the_screen_states(reader, language):
    analyst = reader("analyst", language)
    page = analyst.page
    analyst.open("/generation/?by=fuel")
    rows = page.locator(ROWS).count()

    for form in ("csv", "xlsx"):
        with page.expect_download() as waiting:
            page.locator(f".chosen a[href*='format={form}']").click()
        content = waiting.value.path().read_bytes()
        if form == "csv":
            assert len(content.decode().splitlines()) == rows + 1
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == rows + 1


def test_the_home_page_tells_of_an_outage_by_itself(reader):
    admin = reader("admin", "en")
    watcher = reader("analyst", "en")
    watcher.open("/")
    before = watcher.page.locator("#dashboard").get_attribute("data-etag")

    admin.open("/events/report/")
    admin.page.select_option("#id_plant", label="Nova Murat HES")
    admin.page.fill("#id_affected_mw", "7")
    admin.page.fill("#id_reason", "seen from afar")
    admin.page.locator(".submit .go").click()
    admin.page.wait_for_url("**/events/*/")

    watcher.page.wait_for_function(
        "tag => document.getElementById('dashboard').dataset.etag !== tag",
        arg=before,
        timeout=10_000,
    )

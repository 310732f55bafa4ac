"""A part that cannot be read says so in its place, keeps what is shown, and can be retried."""

import pytest

pytestmark = pytest.mark.e2e
FAILURES = {
    "500": {"status": 500, "headers": {"X-Request-ID": "7f3k20q1"}, "body": ""},
    "503": {"status": 503, "headers": {"X-Request-ID": "7f3k20q1"}, "body": ""},
    "network": None,
}


def fail(page, pattern, answer):
    page.route(pattern, lambda route: route.fulfill(**answer) if answer else route.abort())


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_is_told_in_the_panel_and_tried_again(reader, kind):
    visitor = reader("analyst", "en")
    page = visitor.page
    visitor.open("/prices/")
    rows = page.locator("[aria-labelledby=rows-title] tbody tr").count()
    fail(page, "**/prices/?*", FAILURES[kind])

    page.click("#preset-1")

    alert = page.locator("#screen > .state[role=alert]")
    alert.wait_for()
    assert "Your filter is kept" in alert.inner_text()
    assert ("Reference 7f3k20q1" in alert.inner_text()) == (kind != "network")
    # What was there stays, and nothing pales any more.
    assert page.locator("[aria-labelledby=rows-title] tbody tr").count() == rows
    assert page.locator("[aria-busy]").count() == 0
    assert page.locator(".toast").count() == 0
    page.unroute("**/prices/?*")
    page.click("[data-retry]")
    page.wait_for_selector("#preset-1[aria-current]")
    assert page.locator(".state").count() == 0
    visitor.troubles.clear()


def test_a_dashboard_without_answers_says_since_when(reader):
    visitor = reader("admin", "en")
    page = visitor.page
    visitor.open("/")
    page.route(visitor.base + "/", lambda route: route.fulfill(status=503, body=""))

    stale = page.locator("#dashboard > .state")
    stale.wait_for(timeout=15_000)

    assert "No fresh figures since" in stale.inner_text()
    page.unroute(visitor.base + "/")
    page.click("[data-retry]")
    stale.wait_for(state="detached")
    visitor.troubles.clear()


@pytest.mark.parametrize(
    ("path", "target", "cell"),
    [
        ("/prices/", "#screen", "[aria-labelledby=rows-title] tbody tr"),
        ("/events/", "#events", "#events tbody tr"),
        ("/plants/", "#plants", "#plants tbody tr"),
        ("/organizations/", "#organizations", "#organizations tbody tr"),
        ("/users/", "#users", "#users tbody tr"),
    ],
)
def test_what_is_read_anew_stays_and_says_so(reader, path, target, cell):
    visitor = reader("super_admin", "en")
    page = visitor.page
    visitor.open(path)
    rows = page.locator(cell).count()
    held = []
    page.route(f"**{path}?*", lambda route: held.append(route))

    if path == "/prices/":
        page.click("#preset-1")
    else:
        page.fill("#id_q", "o")

    page.locator(f"{target}[aria-busy=true]").wait_for()
    assert page.locator(cell).count() == rows > 0
    bar = page.evaluate(
        "target => { const s = getComputedStyle(document.querySelector(target), '::before');"
        " return [s.position, s.height, s.animationName]; }",
        target,
    )
    assert bar == ["fixed", "2px", "bones"]
    for route in held:
        route.continue_()
    page.locator("[aria-busy]").first.wait_for(state="detached")


def test_a_person_reads_the_name_of_the_organization(reader):
    visitor = reader("admin", "en")

    visitor.open("/")

    assert "Nova" in visitor.page.locator("h1").inner_text()

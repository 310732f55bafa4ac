"""What readers set in their system: less motion, colours of their own, larger letters, a phone."""

import pytest

pytestmark = pytest.mark.e2e
PAGES = [
    "/",
    "/events/",
    "/events/plan/",
    "/events/report/",
    "/plants/",
    "/generation/?by=plant_hour",
    "/prices/",
    "/consumption/",
    "/organizations/",
    "/users/",
    "/webhooks/",
    "/keys/",
    "/integrators/",
    "/runs/",
    "/realism/",
]
MOVING = """() => [...document.querySelectorAll("*")].flatMap((element) =>
  ["", "::before", "::after"].map((part) => [element, getComputedStyle(element, part || null)])
).filter(([, style]) =>
  (style.animationName !== "none" && style.animationDuration !== "0s")
  || style.transitionDuration.split(", ").some((span) => span !== "0s")
).map(([element]) => element.outerHTML.slice(0, 80))"""
# What is drawn, and the ground that it has to stand out from.
FILL = """(selector) => {
  const mark = document.querySelector(selector);
  const style = getComputedStyle(mark);
  const paint = mark instanceof SVGElement ? style.fill : style.backgroundColor;
  const ground = getComputedStyle(document.body).backgroundColor;
  return [paint, ground, mark.getBoundingClientRect().width];
}"""
# The share of a chart's canvas that is black: a colour that was not found.
BLACK = """() => {
  const canvas = document.querySelector(".canvas canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let black = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] === 255 && data[i] + data[i + 1] + data[i + 2] === 0) black += 1;
  return 4 * black / data.length;
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", ["/", "/prices/", "/events/report/"])
def test_nothing_moves_for_who_wants_no_motion(reader, path):
    visitor = reader("super_admin", "en")
    visitor.page.emulate_media(reduced_motion="reduce")

    visitor.open(path)

    assert visitor.page.evaluate(MOVING) == []
    visitor.page.emulate_media(reduced_motion="no-preference")
    assert visitor.page.evaluate(MOVING) != []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_stay_visible_in_the_readers_own_colours(reader, theme):
    visitor = reader("super_admin", "en", theme)
    page = visitor.page
    page.emulate_media(forced_colors="active")
    seen = {
        "/": [".capacity .free", ".capacity .failure", ".mark .solid"],
        "/prices/": [".heat tbody td", ".scale rect"],
    }

    for path, selectors in seen.items():
        visitor.open(path)
        for selector in selectors:
            paint, ground, width = page.evaluate(FILL, selector)
            assert width > 0, selector
            assert paint not in (ground, "rgba(0, 0, 0, 0)", "none"), selector
    page.locator(".canvas canvas").first.wait_for()
    assert page.evaluate(BLACK) < 0.02
    page.locator("#find").focus()
    focus = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement);"
        " return [s.outlineStyle, s.outlineWidth]; }"
    )
    assert focus == ["solid", "2px"]
    visitor.open("/")
    current, other = page.evaluate(
        """() => [".rail [aria-current]", ".rail nav a:not([aria-current])"].map((selector) => {
          const style = getComputedStyle(document.querySelector(selector));
          return [style.outlineStyle, style.outlineWidth].join(" ");
        })"""
    )
    assert current != other


# 720 px is a desk of 1440 px at 200 %; 320 px one of 1280 px at 400 %.
@pytest.mark.parametrize("width", [320, 720])
@pytest.mark.parametrize("language", ["tr", "en"])
def test_no_page_scrolls_sideways_when_letters_are_large(reader, language, width):
    visitor = reader("super_admin", language)
    visitor.page.set_viewport_size({"width": width, "height": 600})
    too_wide = {}

    for path in PAGES:
        assert visitor.open(path) == 200, path
        if excess := visitor.page.evaluate(TOO_WIDE):
            too_wide[path] = excess

    assert too_wide == {}


def test_a_phone_reads_every_figure_of_a_wide_table(reader):
    visitor = reader("admin", "en", width=360)

    visitor.open("/generation/?by=plant_hour")

    table = visitor.page.locator("table.by-row")
    assert table.evaluate("table => table.parentElement.scrollWidth") <= 360
    sides = table.locator("td.number").evaluate_all(
        "cells => cells.slice(0, 50).map(cell => cell.getBoundingClientRect())"
        ".flatMap(({ left, right }) => [left, right])"
    )
    assert min(sides) >= 0
    assert max(sides) <= 360
    sum_top = table.locator("tfoot").evaluate("foot => foot.getBoundingClientRect().top")
    last = table.locator("tbody tr").last
    assert last.evaluate("row => row.getBoundingClientRect().bottom") <= sum_top + 1
    gaps = visitor.page.locator(".key.narrow-only li").evaluate_all(
        """items => items.map(item => item.getBoundingClientRect()).flatMap((box, n, all) =>
          n && box.top === all[n - 1].top ? [box.left - all[n - 1].right] : [])"""
    )
    assert gaps
    assert min(gaps) >= 8

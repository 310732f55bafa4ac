"""Every page, found by its address or a link, in each role, language, theme and width."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import NoReverseMatch, Resolver404, get_resolver, resolve, reverse

from energysys.tests.e2e.reader import LANGUAGES, PEOPLE, THEMES
from energysys.tests.test_pages import page_names

pytestmark = pytest.mark.e2e
FIRST_PAGE_BYTES = 150_000


def plain_addresses():
    """The addresses of all pages that take no parameter."""
    for name in sorted(set(page_names(get_resolver()))):
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue


def view_name(address):
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def walk(reader):
    """Open each page once: those without a parameter, and the first of each that a link leads to.

    Gives the name of the page that is open.
    """
    waiting, seen = deque(plain_addresses()), set()
    while waiting:
        address = waiting.popleft()
        name = view_name(address)
        if name is None or name in seen or re.match(r"admin:|api|docs|schema", name):
            continue
        seen.add(name)
        answer = reader.context.request.get(reader.base + address, max_redirects=0)
        assert answer.status < 500, f"{address}: {answer.status}"
        # A redirect, a file, a part of a page, or an address that takes forms only is no page.
        is_text = answer.headers.get("content-type", "").startswith("text/html")
        if answer.status in (301, 302, 405) or not is_text or "<html" not in answer.text():
            continue
        reader.open(address)
        yield name.replace(":", "-")
        waiting += reader.page.eval_on_selector_all(
            "a[href]", "links => links.map(a => a.getAttribute('href')).filter(h => h[0] === '/')"
        )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_is_sound(reader, role, language, theme):
    visitor = reader(role, language, theme)

    seen = []
    for name in walk(visitor):
        visitor.look(name)
        seen.append(name)

    assert {"dashboard", "assets-plant", "incidents-event"} <= set(seen)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_stranger_sees_is_sound(reader, language, theme):
    stranger = reader(None, language, theme)

    assert stranger.open("/login/") == 200
    stranger.look("login")
    assert stranger.open("/nowhere") in (200, 404)
    stranger.look("nowhere")


@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_is_read_without_scripts(reader, role):
    visitor = reader(role, scripts=False)

    for name in walk(visitor):
        assert visitor.page.locator("h1").count() == 1, name


def test_the_description_of_the_api_keeps_the_policy(reader):
    stranger = reader(None, "en")

    stranger.open("/api/v1/docs/")

    stranger.page.locator(".opblock").first.click()
    stranger.page.locator(".opblock-body").first.wait_for()


def test_the_first_page_is_light(reader):
    """Everything the home page loads for a new reader, but the chart library, compressed."""
    visitor = reader("admin")
    loaded = {}
    visitor.page.on("response", lambda answer: loaded.update({answer.url: answer.request.sizes()}))

    visitor.open("/")

    sizes = {
        urlsplit(address).path: sizes["responseBodySize"]
        for address, sizes in loaded.items()
        if "echarts" not in address
    }
    assert [path for path in sizes if "tabler" in path]
    print(f"first page: {sum(sizes.values()):,} bytes")
    assert sum(sizes.values()) < FIRST_PAGE_BYTES, sizes

"""The page for integrators; what it tells them to run is run by `e2e/test_integrators.py`."""

import html
import re

import pytest
from django.urls import reverse

from energysys.testing import each_cell

PAGES = [("integrators", "get", 200, 200, 200, 200)]
SNIPPET = re.compile(r'<pre[^>]* data-run="(\w+)"><code>(.*?)</code></pre>', re.DOTALL)


def snippets_of(page):
    """Each snippet of the page as (language, text), as a reader would copy it."""
    return [(language, html.unescape(text)) for language, text in SNIPPET.findall(page)]


@pytest.mark.parametrize(("page", "method", "role", "status"), each_cell(PAGES))
@pytest.mark.parametrize("language", ["tr", "en"])
def test_page_answers_each_role(client, world, page, method, role, status, language):
    client.force_login(world.people[role])
    client.cookies["django_language"] = language

    assert client.get(reverse(page)).status_code == status


def test_every_snippet_names_this_server_and_is_marked_to_be_run(client, world):
    client.force_login(world.people["analyst"])

    page = client.get(reverse("integrators")).content.decode()

    snippets = snippets_of(page)
    assert [language for language, _text in snippets] == ["sh", "python", "python"]
    assert page.count("<pre") == len(snippets)
    assert all("http://testserver/" in text for _language, text in snippets)
    for language, text in snippets:
        if language == "python":
            compile(text, "snippet", "exec")

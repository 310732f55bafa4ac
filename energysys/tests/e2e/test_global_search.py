"""The global search by keyboard alone."""

import pytest

pytestmark = pytest.mark.e2e


def test_what_is_found_is_walked_by_arrows_and_left_by_escape(reader):
    visitor = reader("admin", "en")
    page = visitor.page
    visitor.open("/")

    page.keyboard.press("/")
    page.keyboard.type("MARMARA")
    page.wait_for_selector("#found a")
    page.keyboard.press("ArrowDown")

    assert page.evaluate("document.activeElement.closest('#found') !== null")
    assert visitor.axe() == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "find"
    assert not page.is_visible("#found")

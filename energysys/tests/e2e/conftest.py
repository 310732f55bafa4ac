"""Chromium in front of a sandbox. The tests that use it carry the marker e2e."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from energysys.tests.e2e.reader import Reader
from energysys.tests.e2e.sandbox import Sandbox, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The whole product with its demo, as `manage.py sandbox` runs it."""
    sandbox = Sandbox(tmp_path_factory.mktemp("e2e") / "sandbox", free_port())
    try:
        sandbox.wait_for("Ready: ")
        yield sandbox
    finally:
        sandbox.end(signal.SIGTERM)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Imported here: without the e2e group these tests are collected and deselected.
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    assert chromium, "There is no chromium on the PATH."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sessions() -> dict[str, Any]:
    """The cookies of who has logged in, so that each logs in once."""
    return {}


@pytest.fixture
def reader(
    browser: Browser, sandbox: Sandbox, sessions: dict[str, Any]
) -> Iterator[Callable[..., Reader]]:
    """Makes readers; at the end each of them must have met no error and no violation."""
    readers: list[Reader] = []

    def make(role: str | None, language: str = "tr", theme: str = "light", **more: Any) -> Reader:
        readers.append(Reader(browser, sandbox.base, sessions, role, language, theme, **more))
        return readers[-1]

    yield make
    for each in readers:
        each.context.close()
    troubles = [trouble for each in readers for trouble in each.troubles]
    if troubles:
        pytest.fail("\n".join(troubles), pytrace=False)

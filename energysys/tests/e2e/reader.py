"""A window of Chromium in front of one person, who notes everything that goes wrong in it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energysys.packages import INSTALLED
from energysys.tests.e2e.sandbox import PASSWORD, PROJECT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

PEOPLE = {"super_admin": "super_admin", "admin": "nova_admin", "analyst": "nova_analyst1"}
LANGUAGES = ("tr", "en")
THEMES = ("light", "dark")
# Width and height of a desk and of a phone.
SIZES = {1440: 900, 360: 740}
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", PROJECT / "screenshots"))
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOTE_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
});"""
RUN_AXE = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.slice(0, 3).map(({ target }) => target.join(" ")).join(" | ")}`);
}"""


class Reader:
    """`open` a page, `look` at it in both widths; `troubles` must stay empty."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        sessions: dict[str, Any],
        role: str | None,
        language: str,
        theme: str,
        *,
        width: int = 1440,
        scripts: bool = True,
    ) -> None:
        self.base, self.role, self.language, self.theme = base, role, language, theme
        # Without scripts nothing follows the page itself.
        self.until = "networkidle" if scripts else "load"
        self.troubles: list[str] = []
        if role and role not in sessions:
            sessions[role] = log_in(browser, base, PEOPLE[role])
        self.context = browser.new_context(
            base_url=base,
            storage_state=sessions.get(role) if role else None,
            viewport={"width": width, "height": SIZES[width]},
            java_script_enabled=scripts,
            locale="tr-TR" if language == "tr" else "en-GB",
            timezone_id="Europe/Istanbul",
        )
        self.context.add_cookies(
            [
                {"name": "django_language", "value": language, "url": base},
                {"name": "theme", "value": theme, "url": base},
            ]
        )
        self.context.add_init_script(NOTE_VIOLATIONS)
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self.note_console)
        page.on("pageerror", lambda error: self.note(f"script: {error}"))
        page.on("requestfailed", self.note_failure)
        return page

    def note_failure(self, request: Request) -> None:
        # A request that a new page cuts off has not failed.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.note(f"request: {request.url} {request.failure}")

    def note_console(self, message: ConsoleMessage) -> None:
        # Chromium reports a page that answers 403 or 404 here; whoever opens it knows the status.
        of_page = message.location.get("url", "").split("#")[0] == self.page.url.split("#")[0]
        if message.type == "error" and not (of_page and "Failed to load resource" in message.text):
            self.note(f"console: {message.text}")

    def note(self, trouble: str) -> None:
        self.troubles.append(
            f"{self.role} {self.language} {self.theme} {self.page.url.removeprefix(self.base)}:"
            f" {trouble}"
        )

    def open(self, path: str) -> int:
        """Open a page and return its status."""
        response = self.page.goto(path, wait_until=self.until)
        assert response
        return response.status

    def look(self, name: str) -> None:
        """Take a picture of the open page at each width, and let axe judge it there."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width, height in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            overflow = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if overflow > 0:
                self.note(f"{width} px: the page is {overflow} px too wide")
            for violation in self.axe():
                self.note(f"{width} px: {violation}")
            file = f"{name}-{self.role}-{self.language}-{width}-{self.theme}.png"
            self.page.screenshot(path=SCREENSHOTS / file, full_page=True)

    def axe(self) -> list[str]:
        """The rules of WCAG 2.2 AA and best practice that the open page breaks."""
        self.page.evaluate(axe_source())
        violations: list[str] = self.page.evaluate(RUN_AXE, AXE_TAGS)
        return violations


def log_in(browser: Browser, base: str, username: str) -> Any:
    context = browser.new_context(base_url=base)
    page = context.new_page()
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(base + "/")
    state = context.storage_state()
    context.close()
    return state


@cache
def axe_source() -> str:
    path = INSTALLED / "axe-core" / "axe.min.js"
    assert path.exists(), "axe-core is missing: npm ci --prefix static --ignore-scripts"
    return path.read_text(encoding="utf-8")

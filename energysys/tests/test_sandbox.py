"""The sandbox around a small stand-in project, so that these need neither settings nor database."""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from energysys.sandbox import options as sandbox_options
from energysys.sandbox import supervisor
from energysys.sandbox.interruption import Interruption
from energysys.sandbox.options import Options, SandboxError, read_options

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD = "a long one"

MANAGE = """
import os, sys, time
if sys.argv[1] == "sandbox":
    from energysys import sandbox
    sys.exit(sandbox.main(sys.argv[2:]))
import psycopg
print("prepare_sandbox", *sys.argv[2:], flush=True)
time.sleep(float(os.environ.get("STAND_IN_SLEEP", "0")))
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS start (made_at timestamptz DEFAULT now())")
    connection.execute("GRANT SELECT ON start TO energysys_app")
    connection.execute("INSERT INTO start DEFAULT VALUES")
sys.exit(int(os.environ.get("STAND_IN_STATUS", "0")))
"""
CATALOGUE = "energysys/locale/tr/LC_MESSAGES/django"
WSGI = f"""
import os, psycopg
has_new_texts = os.path.getmtime("{CATALOGUE}.mo") >= os.path.getmtime("{CATALOGUE}.po")
"""
WSGI += """
def application(environ, start_response):
    try:
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            starts = connection.execute("SELECT count(*) FROM start").fetchone()[0]
    except psycopg.Error:
        start_response("503 Service Unavailable", [])
        return []
    start_response("200 OK", [])
    names = ("PGOPTIONS", "DEBUG", "SANDBOX", "ALLOWED_HOSTS")
    known = {"starts": starts, "has_new_texts": has_new_texts}
    return [repr(known | {name: os.environ.get(name) for name in names}).encode()]
"""
CELERY = """
import os
from celery import Celery
app = Celery("energysys", broker=os.environ["REDIS_URL"])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "project" / "energysys"
    for name in ("embedded", "sandbox"):
        shutil.copytree(PROJECT / "energysys" / name, package / name)
    for name in ("translations.py", "serving.py"):
        shutil.copy(PROJECT / "energysys" / name, package)
    (package.parent / CATALOGUE).parent.mkdir(parents=True)
    for path, text in (
        ("manage.py", MANAGE),
        ("energysys/__init__.py", ""),
        ("energysys/wsgi.py", WSGI),
        ("energysys/celery.py", CELERY),
        (f"{CATALOGUE}.po", 'msgid "Home"\nmsgstr "Ana sayfa"\n'),
    ):
        (package.parent / path).write_text(text)
    return package.parent


class Run:
    """One sandbox of the stand-in project, and all the processes it has made."""

    def __init__(self, project: Path, environment: dict[str, str]) -> None:
        self.log = project / f"run-{time.monotonic_ns()}.log"
        inherited = {
            name: text for name, text in os.environ.items() if not name.endswith(("_URL", "HOSTS"))
        }
        with self.log.open("wb") as output:
            self.child = subprocess.Popen(
                [
                    *(sys.executable, "manage.py", "sandbox", "--password", PASSWORD),
                    *("--port", "0", "--data-dir", "kept"),
                ],
                cwd=project,
                env=inherited | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> list[str]:
        return self.log.read_text().splitlines()

    def wait_for(self, beginning: str) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.child.poll() is None:
            for line in self.said:
                if line.startswith(beginning):
                    return line
            time.sleep(0.02)
        raise AssertionError(f"{beginning!r} was not said: {self.said}")

    def processes(self) -> list[int]:
        return [self.child.pid, *descendants(self.child.pid)]

    def end(self, number: signal.Signals) -> int:
        self.child.send_signal(number)
        return self.child.wait(15)


Start = Callable[..., Run]


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    runs: list[Run] = []

    def start_one(**environment: str) -> Run:
        runs.append(Run(project, environment))
        return runs[-1]

    yield start_one
    for run in runs:
        run.end(signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def command_of(pid: int) -> str:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def those_left(pids: list[int], patience_s: float = 5.0) -> list[int]:
    deadline = time.monotonic() + patience_s
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def answer(ready: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{ready.removeprefix('Ready: ')}/health/ready", timeout=5) as page:
        found: dict[str, object] = eval(page.read())
    return found


def test_sandbox_starts_is_killed_starts_again_and_stops_with_nothing_left_or_lost(
    project: Path, start: Start
) -> None:
    first = start(PGOPTIONS="-c energysys.tenant=all")
    shown = answer(first.wait_for("Ready: http://127.0.0.1:"))
    everyone = first.processes()
    commands = " ".join(map(command_of, everyone))
    first.end(signal.SIGKILL)
    left_by_first = those_left(everyone)
    (project / f"{CATALOGUE}.po").touch()
    second = start()
    again = answer(second.wait_for("Ready: "))
    everyone = second.processes()
    status = second.end(signal.SIGTERM)

    assert shown == {
        "starts": 1,
        "has_new_texts": True,
        "PGOPTIONS": None,
        "DEBUG": "false",
        "SANDBOX": "true",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],127.0.0.1",
    }
    for part in ("postgres -D", "redis-server", "gunicorn", "energysys worker", "energysys beat"):
        assert part in commands
    assert f"prepare_sandbox --password {PASSWORD}" in first.said
    assert first.said[-1].startswith("Ready: ")
    assert PASSWORD not in "".join(first.said[-3:])
    assert left_by_first == []
    assert (again["starts"], again["has_new_texts"]) == (2, True)
    assert (status, second.said[-1], those_left(everyone)) == (0, "Stopping.", [])


def test_ctrl_c_in_the_middle_of_a_start_leaves_nothing(start: Start) -> None:
    run = start(STAND_IN_SLEEP="30")
    run.wait_for("prepare_sandbox")
    everyone = run.processes()

    status = run.end(signal.SIGINT)

    assert (status, those_left(everyone, 1.0)) == (0, [])
    assert "Traceback" not in run.log.read_text()


def test_failed_preparation_ends_everything_with_its_status_in_a_sentence(
    project: Path, start: Start
) -> None:
    run = start(STAND_IN_STATUS="3")

    status = run.child.wait(20)

    assert status == 1
    assert run.said[-1] == "prepare_sandbox failed with status 3; its output is above."
    assert not (project / "kept" / "prepared").exists()


def test_sandbox_command_needs_no_settings_and_no_secret() -> None:
    environment = {
        name: text for name, text in os.environ.items() if name not in ("SECRET_KEY", "DEBUG")
    }

    said = subprocess.run(
        [sys.executable, "manage.py", "sandbox", "--host", "0.0.0.0"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 2
    assert said.stderr == "Other machines could reach 0.0.0.0: give a --password of your own.\n"


# Options

GIVEN = Options("127.0.0.1", 0, Path("/nowhere"), "123456", fresh=False)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_options, "PREDECESSOR_PATIENCE_S", 0.1)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_default_password_is_allowed_where_only_this_machine_can_reach(host: str) -> None:
    sandbox_options.refuse_open_password(replace(GIVEN, host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example", ""])
def test_default_password_is_refused_where_others_can_reach(host: str) -> None:
    with pytest.raises(SandboxError, match=r"give a --password of your own\.$") as refused:
        sandbox_options.refuse_open_password(replace(GIVEN, host=host))

    assert refused.value.status == 2
    sandbox_options.refuse_open_password(replace(GIVEN, host=host, password=PASSWORD))


def test_empty_password_is_refused() -> None:
    with pytest.raises(SandboxError, match="may not be empty"):
        sandbox_options.refuse_open_password(replace(GIVEN, password=""))


def test_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SandboxError, match=rf"^Cannot serve on http://127.0.0.1:{port}: Addr"):
            sandbox_options.listen(replace(GIVEN, port=port))


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_port_that_does_not_exist_is_refused(port: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="not a port number"):
        sandbox_options.port_number(port)


def test_scenario_is_a_file_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cold.json").touch()

    assert read_options([]).scenario is None
    assert read_options(["--scenario", "none"]).scenario == "none"
    # The preparation runs in another folder.
    assert read_options(["--scenario", "cold.json"]).scenario == str(tmp_path / "cold.json")
    with pytest.raises(argparse.ArgumentTypeError, match=r"warm\.json is not a file"):
        sandbox_options.scenario_file("warm.json")


def test_folder_with_other_things_in_it_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()

    with (
        pytest.raises(SandboxError, match="is not empty and was not made by a sandbox"),
        sandbox_options.claim(tmp_path),
    ):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["static"]


def test_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(SandboxError, match=r"^Cannot write to .*: Not a directory\.$"),
        sandbox_options.claim(tmp_path / "file" / "kept"),
    ):
        pass


def test_folder_of_a_running_sandbox_is_refused(tmp_path: Path) -> None:
    with (
        sandbox_options.claim(tmp_path),
        pytest.raises(SandboxError, match=r"^Another sandbox is using .*\.$"),
        sandbox_options.claim(tmp_path),
    ):
        pass


def test_error_inside_the_sandbox_is_not_blamed_on_its_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk"), sandbox_options.claim(tmp_path / "kept"):
        raise OSError("disk")


def test_address_to_ask_is_loopback_when_serving_on_every_address() -> None:
    assert replace(GIVEN, host="0.0.0.0", port=80).address == "127.0.0.1:80"
    assert replace(GIVEN, host="::", port=80).address == "[::1]:80"
    assert replace(GIVEN, host="::1", port=80).url == "http://[::1]:80"


# What is kept, and when it ends


def test_secret_is_strong_private_and_the_same_at_every_start(tmp_path: Path) -> None:
    secret = supervisor.kept_secret(tmp_path / "secret-key")

    assert len(secret) > 80
    assert supervisor.kept_secret(tmp_path / "secret-key") == secret
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


@pytest.fixture
def signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, receiver in zip(numbers, before, strict=True):
        signal.signal(number, receiver)


@pytest.mark.usefixtures("signals")
def test_later_ctrl_c_hastens_and_an_echo_of_the_first_does_not() -> None:
    interruption = Interruption()
    hastened: list[bool] = []
    interruption.hasten = lambda: hastened.append(True)

    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    echoed = list(hastened)
    assert interruption.began_at is not None
    interruption.began_at -= 2
    signal.raise_signal(signal.SIGTERM)

    assert (echoed, hastened) == ([], [True])


@pytest.mark.usefixtures("signals")
def test_sighup_that_nohup_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    Interruption()

    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN

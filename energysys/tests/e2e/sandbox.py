"""A sandbox as a child process, and its API."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
PATIENCE_S = 180
PASSWORD = "123456"
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PGOPTIONS", "SECRET_KEY", "STATIC_ROOT")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Sandbox:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.base = f"http://127.0.0.1:{port}"
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        self.log = (folder.parent / "sandbox.log").open("a+")
        self.child = subprocess.Popen(
            [sys.executable, "manage.py", "sandbox", f"--port={port}", f"--data-dir={folder}"],
            cwd=PROJECT,
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def wait_for(self, words: str) -> None:
        began = time.monotonic()
        while words not in (text := Path(self.log.name).read_text()):
            assert self.child.poll() is None, text
            assert time.monotonic() - began < PATIENCE_S, text
            time.sleep(0.02)

    def call(self, path, token=None, body=None):
        request = urllib.request.Request(self.base + path)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def log_in(self, username):
        status, answer = self.call(
            "/api/v1/token/", body={"username": username, "password": PASSWORD}
        )
        assert status == 200, answer
        return answer["access"]

    def end(self, how: signal.Signals) -> int:
        self.child.send_signal(how)
        status = self.child.wait(timeout=30)
        self.log.close()
        return status

    def processes(self) -> list[str]:
        """The ids of processes whose command line names the folder."""
        name = os.fsencode(self.folder)
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if name in entry.read_bytes():
                    found.append(entry.parent.name)
        return found

"""gunicorn as the README starts it, in front of servers that a test names."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from energysys.tests.e2e.sandbox import PROJECT, free_port

PATIENCE_S = 60


@contextmanager
def gunicorn(folder, workers=1, **environment):
    """Start it; gives the port it answers on."""
    port = free_port()
    # A web process starts out seeing nothing.
    inherited = {name: value for name, value in os.environ.items() if name != "PGOPTIONS"}
    command = [
        *(sys.executable, "-m", "gunicorn", "energysys.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(workers), "--threads", "4"),
        *("--no-control-socket", "--graceful-timeout", "3"),
    ]
    with (folder / "gunicorn.log").open("w") as log:
        child = subprocess.Popen(
            command, cwd=PROJECT, env=inherited | environment, stdout=log, stderr=log
        )
        try:
            wait_for(port, child)
            yield port
        finally:
            child.terminate()
            child.wait(timeout=30)


def wait_for(port, child):
    until = time.monotonic() + PATIENCE_S
    while True:
        assert child.poll() is None
        try:
            return urllib.request.urlopen(
                f"http://127.0.0.1:{port}/health/live", timeout=10
            ).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)

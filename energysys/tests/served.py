"""gunicorn as the README starts it, and a way to its database that can be closed."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress

from energysys.tests.e2e.sandbox import PROJECT, free_port

PATIENCE_S = 60


@contextmanager
def gunicorn(folder, workers=1, **environment):
    """Start it; gives the port it answers on."""
    port = free_port()
    # A web process starts out seeing nothing.
    inherited = {name: value for name, value in os.environ.items() if name != "PGOPTIONS"}
    inherited["DJANGO_SETTINGS_MODULE"] = "energysys.tests.plain_settings"
    command = [
        *(sys.executable, "-m", "gunicorn", "energysys.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--config", "python:energysys.serving"),
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


class Way:
    """A port of loopback that leads to a server, until it is closed."""

    def __init__(self, address):
        self.address = address
        self.port = free_port()
        self.ends = []

    def open(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.welcome, args=[self.listener], daemon=True).start()

    def welcome(self, listener):
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
            server = socket.socket(family)
            server.connect(self.address)
            self.ends += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=carry, args=[source, target], daemon=True).start()

    def cut(self):
        """End every connection that there is."""
        while self.ends:
            end = self.ends.pop()
            hang_up(end)
            end.close()

    def close(self):
        hang_up(self.listener)
        self.listener.close()
        self.cut()


def carry(source, target):
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    hang_up(source)
    hang_up(target)


def hang_up(end):
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)

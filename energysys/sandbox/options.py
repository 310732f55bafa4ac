"""The options of the sandbox, and the reasons for which they are refused."""

import argparse
import contextlib
import errno
import ipaddress
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from energysys.embedded import EmbeddedError, sole_use_of

DEFAULT_PASSWORD = "123456"
# A sandbox that was killed a moment ago may still hold its port and folder.
PREDECESSOR_PATIENCE_S = 3.0


class SandboxError(Exception):
    """Why there is no sandbox, as a sentence, and the status to exit with."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    data_dir: Path
    password: str
    fresh: bool
    scenario: str | None = None

    @property
    def address(self) -> str:
        """Where it can be reached from this machine, as in a URL."""
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return bracketed(reachable) + f":{self.port}"

    @property
    def url(self) -> str:
        return f"http://{bracketed(self.host)}:{self.port}"


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def read_options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="manage.py sandbox",
        description="Run all of EnergySys on this machine until Ctrl-C. PostgreSQL and Redis are"
        " started too where DATABASE_URL and REDIS_URL are not set.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (%(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=8000, help="port to serve on (%(default)s)"
    )
    parser.add_argument(
        "--data-dir", type=Path, default=Path(".sandbox"), help="its folder (%(default)s)"
    )
    parser.add_argument(
        "--password", default=DEFAULT_PASSWORD, help="everyone's password (%(default)s)"
    )
    parser.add_argument("--fresh", action="store_true", help="delete what an earlier run stored")
    parser.add_argument(
        "--scenario",
        type=scenario_file,
        metavar="FILE",
        help="a JSON file of shocks to simulate from now on, such as those in"
        " simulation/scenarios; none: as usual again",
    )
    given = parser.parse_args(arguments)
    return Options(
        given.host,
        given.port,
        given.data_dir.absolute(),
        given.password,
        given.fresh,
        given.scenario,
    )


def port_number(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port number from 0 to 65535")
    return int(text)


def scenario_file(text: str) -> str:
    path = Path(text).absolute()
    if text == "none":
        return text
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is not a file")
    return str(path)


def refuse_open_password(options: Options) -> None:
    if not options.password:
        raise SandboxError("The --password may not be empty.", 2)
    if options.password == DEFAULT_PASSWORD and not is_loopback(options.host):
        raise SandboxError(
            f"Other machines could reach {options.host}: give a --password of your own.", 2
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def listen(options: Options) -> socket.socket:
    """Take the port now and keep it: gunicorn inherits the socket, so nobody can get between."""
    deadline = time.monotonic() + PREDECESSOR_PATIENCE_S
    while True:
        try:
            return bind(options)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                reason = f"Cannot serve on {options.url}: {error.strerror}."
                raise SandboxError(reason, 2) from error
        time.sleep(0.1)


def bind(options: Options) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        options.host, options.port, type=socket.SOCK_STREAM
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            if folder.exists() and any(folder.iterdir()) and not (folder / "lock").exists():
                # `--fresh` would delete in it.
                raise SandboxError(f"{folder} is not empty and was not made by a sandbox.", 2)
            stack.enter_context(sole_use_of(folder, PREDECESSOR_PATIENCE_S))
            (folder / "logs").mkdir(exist_ok=True)
        except EmbeddedError as error:
            raise SandboxError(f"Another sandbox is using {folder}.", 2) from error
        except OSError as error:
            raise SandboxError(f"Cannot write to {folder}: {error.strerror}.", 2) from error
        yield

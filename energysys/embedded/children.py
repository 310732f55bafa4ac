"""Processes that end with their parent, and the locked directories that servers live in."""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
LOCK_PATIENCE_S = 10.0
LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
LONGEST_SOCKET_PATH = 107
SHORT_PREFIX = Path("/tmp/energysys-")


class EmbeddedError(Exception):
    """A server or a role could not be had; the message is a sentence for the person who asked."""


def end_with_parent(on_parent_death: signal.Signals, parent: int) -> bool:
    """Ask the kernel for a signal when the parent dies; False when it is dead already."""
    LIBC.prctl(PR_SET_PDEATHSIG, int(on_parent_death), 0, 0, 0)
    return os.getppid() == parent


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    on_parent_death: signal.Signals = signal.SIGKILL,
    become: Callable[[], None] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process that ends with this one, even when this one is killed.

    It gets a session of its own, so that Ctrl-C in the terminal reaches only us.
    """
    if threading.current_thread() is not threading.main_thread():
        # The kernel signals when the creating thread ends, not when the process does.
        raise RuntimeError("Start children from the main thread only.")
    parent = os.getpid()

    def bind_to_parent() -> None:
        if become:
            become()
        # A change of credentials makes the kernel forget the signal, so it is asked for last.
        if not end_with_parent(on_parent_death, parent):
            os._exit(1)

    with open_log(log) if log else contextlib.nullcontext() as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=bind_to_parent,
            pass_fds=pass_fds,
        )


def open_log(log: Path) -> BinaryIO:
    # Root writes it where a server without root's rights could have put a link.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    return open(os.open(log, flags, 0o600), "ab")


def stop_child(
    child: subprocess.Popen[bytes], *requests: signal.Signals, patience_s: float = 5.0
) -> None:
    """Send each request in turn until the child is gone, and SIGKILL in the end."""
    for request in (*requests, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)


@contextlib.contextmanager
def sole_use_of(directory: Path, patience_s: float | None = None) -> Iterator[int]:
    """Lock the directory; a child that is passed the descriptor keeps the lock while it lives.

    A server that is still on its way out is waited for.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(directory / "lock", LOCK_FLAGS, 0o600)
    deadline = time.monotonic() + (LOCK_PATIENCE_S if patience_s is None else patience_s)
    try:
        while not try_to_lock(descriptor):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{directory} is in use by another process.")
            time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)


def try_to_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_socket_directory(directory: Path, socket_name: str) -> Path:
    """An empty 0700 directory: `run` in the given one, or a short one that `run` points to."""
    run = directory / "run"
    remove_socket_directory(directory)
    if len(os.fsencode(run / socket_name)) <= LONGEST_SOCKET_PATH:
        run.mkdir(mode=0o700)
        return run
    short = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX.name, dir=SHORT_PREFIX.parent))
    # The link lets the next start remove what a killed server could not.
    run.symlink_to(short)
    return short


def remove_socket_directory(directory: Path) -> None:
    run = directory / "run"
    if not run.is_symlink():
        shutil.rmtree(run, ignore_errors=True)
        return
    # Only what this module made is removed, whatever the link has been turned to.
    short = run.readlink()
    if short.parent == SHORT_PREFIX.parent and short.name.startswith(SHORT_PREFIX.name):
        shutil.rmtree(short, ignore_errors=True)
    run.unlink()


def wheel_folder(package: str, variable: str) -> Path:
    # Importing the package would run code of its own, and only its files are wanted.
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(f"Set {variable}, or install the dev group for an embedded server.")
    return Path(found.submodule_search_locations[0])


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"nothing was written to {log}"

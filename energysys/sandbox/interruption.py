"""How the sandbox learns that it should end."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from energysys.embedded import end_with_parent


class Interruption:
    """Turns the first SIGINT, SIGTERM or SIGHUP into KeyboardInterrupt and a later one to haste."""

    def __init__(self) -> None:
        self.began_at: float | None = None
        self.hasten: Callable[[], None] = lambda: None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # `nohup` asks for SIGHUP to be ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.receive)

    def receive(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.began_at is None:
            self.began_at = now
            raise KeyboardInterrupt
        # Within a second it is the same Ctrl-C, from the terminal and passed on by uv.
        if now - self.began_at > 1:
            self.hasten()

    def begin(self) -> None:
        """From now on nothing raises, because the sandbox is stopping already."""
        self.began_at = self.began_at or time.monotonic()


def end_with_uv() -> None:
    """`uv run` passes SIGTERM on but cannot pass on a SIGKILL, so the kernel has to tell us."""
    parent = os.getppid()
    with contextlib.suppress(OSError):
        if Path(f"/proc/{parent}/comm").read_text().strip() == "uv":
            alive = end_with_parent(signal.SIGTERM, parent)
        else:
            # It may have been killed before this line; then init has adopted us.
            alive = parent != 1 or "UV_RUN_RECURSION_DEPTH" not in os.environ
        if not alive:
            raise KeyboardInterrupt

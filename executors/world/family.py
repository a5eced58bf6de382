"""The processes that come of this one: which there are, and an end to all of them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from executors.errors import WorldError

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_REAPING_ROUNDS, _PAUSE = 500, 0.01


def keep_apart() -> None:
    """Make this process one whose memory and environment others of its user cannot read, and the heir of orphans.

    On Linux only, and the first not against root: https://man7.org/linux/man-pages/man2/prctl.2.html
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(process: subprocess.Popen[bytes], already: Collection[int], what: str) -> None:
    """Kill the process group, then everybody who comes of it in whatever session, until none is left.

    `already` are the processes that came of this one before. Raises WorldError where somebody cannot be ended.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    pause = threading.Event()
    for _ in range(_REAPING_ROUNDS):  # a process may fork while we look, or be another user's
        left = [number for number in children() - set(already) if number != process.pid]
        if not left:
            return
        for number in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(number, os.WNOHANG)
        pause.wait(_PAUSE)
    raise WorldError(f"{what} left processes that cannot be ended; the job is given up")


def children() -> set[int]:
    """Return the ids of all processes that come of this one; an orphan comes of it too (`keep_apart`)."""
    parents = dict(_parents())
    found: set[int] = set()
    waiting = {os.getpid()}
    while waiting:
        waiting = {child for child, parent in parents.items() if parent in waiting} - found
        found |= waiting
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Yield every process with its parent, as /proc has them; nothing where there is no /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            yield int(entry.name), int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])

"""Processes that can be ended by their id, and are ended with whoever began them.

Each gets a session of its own, so that a signal to the tests' terminal does not reach it before its time; that it
does not outlive who began it is `keeper`'s part.
"""

from __future__ import annotations

import os
import pwd
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.odoo.server.place import Unavailable


@dataclass(frozen=True)
class Account:
    """Who runs a process; None where it is who we are."""

    name: str | None = None

    @classmethod
    def of_postgres(cls) -> Account:
        """PostgreSQL refuses to run as root: then it is `postgres` or `nobody`."""
        if os.geteuid() != 0:
            return cls()
        known = {entry.pw_name for entry in pwd.getpwall()}
        found = next((name for name in ("postgres", "nobody") if name in known), None)
        if found is None:
            raise Unavailable("PostgreSQL does not run as root, and there is no account postgres or nobody")
        return cls(found)

    @property
    def arguments(self) -> dict[str, object]:
        """For subprocess: the user and groups, nothing where it is who we are."""
        if self.name is None:
            return {}
        entry = pwd.getpwnam(self.name)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give it this path."""
        if self.name is not None:
            entry = pwd.getpwnam(self.name)
            os.chown(path, entry.pw_uid, entry.pw_gid)


def begin(
    command: Sequence[str],
    log: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    pass_fds: Sequence[int] = (),
) -> int:
    """Start it in a session of its own, its words appended to `log`; returns its id."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=dict(env),
            cwd="/",
            pass_fds=pass_fds,
            start_new_session=True,
            **(account or Account()).arguments,  # type: ignore[call-overload]
        )
    process.returncode = 0  # it is waited for by its id, by whoever ends it
    return int(process.pid)


def is_running(pid: int) -> bool:
    """Whether the process is there and no corpse."""
    return not gone(pid, 0)


def end(pid: int, how: signal.Signals, seconds: float = 20) -> None:
    """Signal its whole session, wait, then kill what is left of it; nothing happens where it is gone."""
    if not is_running(pid):
        _reap(pid)
        return
    with suppress(ProcessLookupError):
        os.killpg(pid, how) if how == signal.SIGKILL else os.kill(pid, how)
    if not gone(pid, seconds):
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        gone(pid, seconds)
    _reap(pid)


def until(ready: Callable[[], bool], pid: int, seconds: float, what: str) -> None:
    """Return when `ready` says so; RuntimeError where the process ends first or the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if gone(pid, 0.05):
            raise RuntimeError(f"{what} ended before it was ready")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready within {seconds:.0f} seconds")


def gone(pid: int, seconds: float) -> bool:
    """Whether it ends within this time."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)


def _reap(pid: int) -> None:
    """Take the corpse away where it is a child of ours."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)

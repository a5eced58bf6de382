"""The shipped bot as a process that dies by SIGKILL where it is told to, and with a planted bug if it is told so.

`python -m tests.chaos.replica FD POINT TIMES BUG` accepts from the inherited socket and prints `ready`; an empty
POINT is never reached, an empty BUG is none.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from bot.app import FLOW, start
from bot.domain.case import Case
from bot.domain.ledger import Entry
from bot.handle import Flow
from bot.perform import perform
from bot.ports import Commit, Hands, NewRow, Pending
from bot.settings import Settings
from bot.store.connect import open_database
from bot.store.database import Database
from tests.chaos.bugs import BUGS
from tests.chaos.instead import Instead

At = Callable[[str], None]


def killer(point: str, times: int) -> At:
    """Ends the process as a power cut does, when it comes to the point for that many times."""
    left = [times]

    def at(reached: str) -> None:
        if reached == point:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


def opening(at: At) -> Callable[[str, Callable[[], datetime], str], Database]:
    """Opens the store, with the points at which deliveries and decisions are stored."""

    def opened(url: str, clock: Callable[[], datetime], owner: str) -> Database:
        store = open_database(url, clock, owner)

        async def accept(row: NewRow) -> int | None:
            found = await store.accept(row)
            at("accepted")
            return found

        async def commit(decision: Commit) -> None:
            at("before commit")
            await store.commit(decision)
            at("after commit")

        return cast(Database, Instead(store, accept=accept, commit=commit))

    return opened


def flow(at: At) -> Flow:
    """The flow as it is shipped, with the points around what is done on GitHub."""

    async def performing(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        at("before request")
        entries = await perform(pending, case, hands)
        at("after answer")
        at(f"after {type(pending.effect).__name__}")
        return entries

    return replace(FLOW, perform=performing)


async def main(fd: int, point: str, times: int, bug: str) -> None:
    """Serve until SIGTERM."""
    at = killer(point, times)
    parts: tuple[Any, Any] = flow(at), opening(at)
    if bug:
        parts = BUGS[bug].plant(*parts)
    running = await start(
        Settings.read(os.environ), flow=parts[0], sock=socket.socket(fileno=fd), open_store=parts[1]
    )
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    print("ready", flush=True)
    await told.wait()
    await running.stop()


def arguments(of: Sequence[str]) -> tuple[int, str, int, str]:
    """What the command line says."""
    fd, point, times, bug = of[1:]
    return int(fd), point, int(times), bug


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it does not outlive who started it
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(main(*arguments(sys.argv)))

"""Bots that are killed and begun again at once: each replica is one process after another under the same name."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.chaos.child import POINTS

ROOT = Path(__file__).parents[2]
A_MOMENT = "a moment"
"""The kill that no point of the flow but a clock decides."""
DONE = ("Say", "OpenPull", "Check", "Deployment", "Dispatch", "Grant", "Seal", "CloseIssue", "ClosePull")
"""Effects that GitHub has carried out and of which the bot that dies has stored nothing."""
ENDS = (*POINTS, A_MOMENT, A_MOMENT, A_MOMENT, *(f"after {effect}" for effect in DONE))
MOST_FALLS = 3
LONGEST = 8.0
"""Seconds a bot may live that is to die at a point it does not come to: then the clock decides."""


@dataclass(frozen=True)
class Death:
    """How a process ends: at a point after so many times, or after so many seconds."""

    point: str = ""
    times: int = 0
    seconds: float = LONGEST


def deaths(count: int, dice: Random) -> tuple[Death, ...]:
    """So many deaths in an order of the dice, each kind in its turn."""
    kinds = [ENDS[number % len(ENDS)] for number in range(count)]
    dice.shuffle(kinds)
    return tuple(_a_death(kind, dice) for kind in kinds)


def _a_death(kind: str, dice: Random) -> Death:
    if kind == A_MOMENT:
        return Death(seconds=dice.uniform(0.3, 4.0))
    return Death(kind, dice.randint(1, 25 if kind in POINTS else 2))


@dataclass
class Bots:
    """The replicas; `environs` has the environment of each by its name."""

    environs: Mapping[str, Mapping[str, str]]
    fd: int
    folder: Path
    deaths: list[Death]
    """how the next ones end; afterwards they live"""
    bug: str = ""
    killed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """bots that ended without being killed"""
    fell: asyncio.Event = field(default_factory=asyncio.Event)
    """set when bots fall over again and again: nothing is to be waited for"""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _ready: dict[str, asyncio.Event] = field(default_factory=dict)

    async def start(self) -> None:
        """Returns when all of them serve."""
        self._ready = {name: asyncio.Event() for name in self.environs}
        self._keepers = [asyncio.create_task(self._keep(name)) for name in self.environs]
        await asyncio.gather(*(ready.wait() for ready in self._ready.values()))

    def spare(self) -> None:
        """Nobody is killed any more."""
        self.deaths.clear()

    async def stop(self) -> None:
        """Ask those that live to drain, and return when they have ended."""
        self._ended.set()
        await asyncio.gather(*self._keepers)

    async def _keep(self, name: str) -> None:
        while not (self._ended.is_set() or self.fell.is_set()):
            death = self.deaths.pop() if self.deaths else None
            process = await self._begin(name, death or Death())
            try:
                await self._live(name, process, death)
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    async def _begin(self, name: str, death: Death) -> asyncio.subprocess.Process:
        with (self.folder / f"{name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.chaos.replica", str(self.fd), death.point, str(death.times), self.bug,
                cwd=ROOT, env={**os.environ, **self.environs[name]}, pass_fds=[self.fd],
                stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip

    async def _live(self, name: str, process: asyncio.subprocess.Process, death: Death | None) -> None:
        assert process.stdout is not None
        await process.stdout.readline()
        self._ready[name].set()
        over = asyncio.create_task(process.wait())
        told = asyncio.create_task(self._ended.wait())
        seconds = death.seconds if death else None
        await asyncio.wait({over, told}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if over.done():
            self._note(name, over.result(), death)
        elif self._ended.is_set():
            process.send_signal(signal.SIGTERM)
            await over
        else:
            process.kill()
            self.killed[A_MOMENT] += 1
            await over

    def _note(self, name: str, code: int, death: Death | None) -> None:
        if death is not None and code == -signal.SIGKILL:
            self.killed[death.point or A_MOMENT] += 1
        else:
            said = (self.folder / f"{name}.log").read_text("utf-8", "replace").splitlines()[-1:]
            self.faults.append(f"{name} ended by itself with {code}: {' '.join(said)}")
            if len(self.faults) >= MOST_FALLS:
                self.fell.set()

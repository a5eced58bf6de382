"""Carries a plan out on this machine with the executors' own runner: no bot, no GitHub, a journal on the disk."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType

from rich.console import Console

from bot.cli._journal_file import ContentFolder, JournalFile
from bot.cli._local_site import LocalSite, served_at
from bot.cli._progress import Progress
from executors.protocol.journal import JournalLine
from executors.protocol.plan import Leg, Plan, Verb
from executors.protocol.spec import JobSpec
from executors.runner import Ended, Outlets, run
from executors.world.clock import Clock, stamp
from executors.world.world import World


@dataclass(frozen=True)
class Bench:
    """Where a plan is worked on: its build and journal folder, the folder with pictures, the screen."""

    work: Path
    content: Path | None
    screen: Console


def carry_out(plan: Plan, verb: Verb, bench: Bench) -> list[tuple[Leg, Ended, int]]:
    """How each leg ended and how many operations on the world it took; stops at the first that does not succeed.

    Raises JournalBroken where another run has the journal or it cannot be read.
    """
    ended: list[tuple[Leg, Ended, int]] = []
    for leg in reversed(plan.legs) if verb == "rollback" else plan.legs:
        ended.append(_leg(plan, leg, verb, bench))
        if not ended[-1][1].succeeded(verb):
            break
    return ended


def has_journal(plan: Plan, work: Path) -> bool:
    """Whether any leg of the plan was run here before."""
    return any((work / leg.id / "journal.jsonl").exists() for leg in plan.legs)


def site_of(plan: Plan) -> tuple[Path, str] | None:
    """Folder and URL of the site that the plan deploys; None where it deploys none or names no URL."""
    for step in plan.steps:
        if step.executor == "deploy" and step.inputs.get("url"):
            target = step.inputs["target"]
            return (Path(target), str(step.inputs["url"])) if isinstance(target, str) else None
    return None


@contextmanager
def serving(plan: Plan) -> Iterator[LocalSite | None]:
    """Serves the plan's site at its own URL meanwhile, where that is free and on this machine."""
    place = site_of(plan)
    server = served_at(*place) if place else None
    try:
        yield server
    finally:
        if server is not None:
            server.stop()


def _leg(plan: Plan, leg: Leg, verb: Verb, bench: Bench) -> tuple[Leg, Ended, int]:
    folder = bench.work / leg.id
    with JournalFile(folder) as journal, Progress(plan, leg, bench.screen, verb) as progress:
        spec = _spec(plan, leg, verb, journal.lines())
        source = ContentFolder(bench.content) if bench.content else None
        world = World(folder, f"{spec.case}/{leg.id}", leg.hosts, source)
        with _interruptible(journal, bench.screen):
            return leg, run(spec, world, journal, Clock(), Outlets(progress.see)), progress.changed


def _spec(plan: Plan, leg: Leg, verb: Verb, earlier: tuple[JournalLine, ...]) -> JobSpec:
    now = Clock().now()
    return JobSpec(
        case=f"offline:{plan.display_id}",
        leg=leg.id,
        nonce="0" * 32,
        verb=verb,
        plan=plan,
        digest=plan.digest,
        steps=leg.steps,
        run_id=0,
        environment=leg.environment,
        content=None,
        journal=earlier,
        issued_at=stamp(now),
        expires_at=stamp(now + timedelta(days=1)),
    )


@contextmanager
def _interruptible(journal: JournalFile, screen: Console) -> Iterator[None]:
    """The first Ctrl-C ends the run after the current operation, the second one at once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if journal.stopping:
            raise KeyboardInterrupt
        journal.stopping = True
        screen.print("Stopping after the current operation; press Ctrl-C again to stop at once.")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

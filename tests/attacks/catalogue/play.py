"""One kind of attacks after another on a stage, each judged by the same judge."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.demo.scene import open_scene
from tests.attacks.catalogue.attack import Attack
from tests.attacks.catalogue.judge import judge, snapshot
from tests.attacks.catalogue.stage import Stage


async def open_stage(folder: Path) -> Stage:
    """A stage with nothing on it yet."""
    stage = Stage(await open_scene(folder))
    await stage.quiet()
    await stage.hold()
    return stage


@dataclass(frozen=True)
class Verdict:
    """What the judge found of one attack; `accepted` is empty where nothing was."""

    attack: Attack
    accepted: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        return f"{self.attack.threat} {self.attack.name}: " + "; ".join(self.accepted)


async def carried_out(stage: Stage, attack: Attack) -> Verdict:
    """The attack on the stage as it is, and the verdict on what became of it."""
    begun = time.perf_counter()
    if attack.first is not None:
        await attack.first(stage)
        await stage.quiet()
    before = await snapshot(stage.scene, stage.heard, stage.errors.said)
    shown = await attack.run(stage)
    await stage.quiet()
    assert shown is not None, f"{attack.name} shows nothing of what it did"
    await stage.knock("/readyz", b"", method="GET")  # a bot that died is a door that answers nothing
    after = await snapshot(stage.scene, stage.heard, stage.errors.said)
    found = judge(stage.scene, before, after, stage.heard, attack.honest)
    return Verdict(attack, tuple(found), time.perf_counter() - begun)


async def play(
    attacks: Sequence[Attack], furnish: Callable[[Stage], Awaitable[None]] | None = None
) -> list[Verdict]:
    """All of them, on a stage that is furnished first; who follows one that spoils its issue gets a fresh one."""
    found: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="millwright-attacks-") as folder:
        stage = await open_stage(Path(folder))
        try:
            if furnish is not None:
                await furnish(stage)
            for attack in attacks:
                await stage.prepare(attack.given)
                try:
                    verdict = await carried_out(stage, attack)
                except Exception as error:  # noqa: BLE001 - who knows what it left behind: it is no refusal
                    verdict = Verdict(attack, (f"it broke off: {error!r}"[:500],), 0.0)
                found.append(verdict)
                if attack.spoils or verdict.accepted:
                    stage.number = 0
        finally:
            await stage.close()
    return found

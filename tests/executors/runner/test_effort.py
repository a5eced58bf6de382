"""Limits are kept for real: time, tries, rounds; and whatever an executor does, the leg ends in order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from executors.errors import OperationTimeout, WorldError
from executors.executor import Executor, Facts
from executors.parts.tree import tree_digest
from executors.protocol.history import unsettled
from executors.protocol.journal import Noted, Result, StepFinished
from executors.protocol.operation import Operation, Scratch, StoreRelease, SwitchRelease, WebRoot, WriteFile
from executors.protocol.plan import Limits, Step
from executors.runner.effort import Effort
from executors.runner.guard import Guard
from executors.runner.journal import Journal
from executors.runner.leg import Ended, lead
from executors.runner.tools import Ready, Tools
from executors.world import web_root
from executors.world.clock import backoff
from tests.executors.legs import Told, clock, plan_of, spec_of, world_at


class Nothing(BaseModel):
    """No inputs."""

    model_config = ConfigDict(extra="forbid")


def failing(times: int, error: Exception) -> Callable[[], str]:
    left = [error] * times

    def call() -> str:
        if left:
            raise left.pop()
        return "done"

    return call


def test_what_can_help_is_tried_again_with_growing_pauses():
    pauses: list[float] = []
    effort = Effort.begin(clock(pauses), Limits(retries=3))
    assert effort.make(failing(3, WorldError("busy", again=True)), "asking") == "done"
    assert pauses == [0.375, 0.75, 1.5]


def test_the_tries_end():
    effort = Effort.begin(clock(), Limits(retries=2))
    with pytest.raises(WorldError, match="busy"):
        effort.make(failing(3, WorldError("busy", again=True)), "asking")


def test_what_cannot_help_is_not_tried_again():
    pauses: list[float] = []
    with pytest.raises(WorldError):
        Effort.begin(clock(pauses), Limits()).make(failing(1, WorldError("no")), "asking")
    assert pauses == []


def test_pauses_have_chance_in_them_and_an_end():
    assert backoff(1, 0.0) == 0.25
    assert backoff(1, 1.0) == 0.5
    assert backoff(30, 1.0) == 30.0


def test_a_call_that_hangs_is_abandoned_when_the_time_is_over():
    forever = threading.Event()
    effort = Effort(clock(), clock().monotonic() + 0.05, 0)
    with pytest.raises(OperationTimeout):
        effort.make(forever.wait, "waiting")
    forever.set()


def of(look: Callable[..., Facts], propose: Callable[..., Sequence[Operation]], verify: Any = None) -> Executor:
    kwargs = {"verify": verify} if verify else {}
    return Executor("odd", "for a test", Nothing, look, propose, ("switch_release",), {}, **kwargs)


def leg(
    tmp_path: Path, executor: Executor, limits: Limits | None = None, redact: Callable[[str], str] = str
) -> Ended:
    limits = limits or Limits()
    step = Step(id="odd", executor="odd", title="Odd", summary="", inputs={}, limits=limits)
    spec = spec_of(plan_of(step))
    tools = Tools(
        spec,
        world_at(tmp_path / "work"),
        Journal(Told(), clock(), redact=redact),
        clock(),
        Guard.of(spec),
        {"odd": Ready(step, executor, Nothing())},
    )
    return lead(tools)


def seeing(*_: object) -> Facts:
    return Facts(None)


def nothing(*_: object) -> list[Operation]:
    return []


def codes(ended: Ended) -> list[str]:
    return [line.body.finding.code for line in ended.lines if isinstance(line.body, Noted)]


def test_a_look_that_hangs_fails_the_step_by_its_limit(tmp_path):
    forever = threading.Event()
    ended = leg(
        tmp_path, of(lambda *_: forever.wait() and Facts(None), nothing), Limits(timeout_seconds=1, retries=0)
    )
    forever.set()
    assert codes(ended) == ["timeout"]


def test_an_operation_that_hangs_leaves_its_intent_open_and_nothing_is_taken_back_under_it(tmp_path):
    root, source = tmp_path / "www", Scratch(step="source")
    at, world = WebRoot(path=str(root)), world_at(tmp_path / "work")
    world.apply(WriteFile.of(source, "index.html", b"x"))
    world.apply(StoreRelease(at=at, source=source, release="r-good", tree=tree_digest(world.files(source))))
    os.mkfifo(root / ".millwright" / "r-1.json")  # reading a pipe that nobody writes to hangs for real
    (root / "releases" / "r-1").mkdir()
    good = SwitchRelease(at=at, release="r-good")
    hanging = SwitchRelease(at=at, release="r-1", expected="r-good")
    ended = leg(tmp_path, of(seeing, lambda *_: [good, hanging]), Limits(timeout_seconds=1, retries=0))
    served = web_root.served(root)
    with (root / ".millwright" / "r-1.json").open("w"):
        pass
    assert ended.outcome == "failed"
    assert codes(ended) == ["timeout"]
    assert [intent.key for intent in unsettled(ended.lines)] == ["odd/1/1"]
    assert [line.body.key for line in ended.lines if isinstance(line.body, Result)] == ["odd/1/0"]
    assert served == "r-good"


def test_a_step_that_never_settles_is_ended_after_ten_rounds(tmp_path):
    root = tmp_path / "www"
    root.mkdir()
    switch = SwitchRelease(at=WebRoot(path=str(root)), release=None)
    ended = leg(tmp_path, of(seeing, lambda *_: [switch]))
    assert "does not settle" in str(ended.error)


def test_an_executor_that_breaks_ends_its_leg_in_order(tmp_path):
    def broken(*_: object) -> Facts:
        return {}["missing"]

    ended = leg(tmp_path, of(broken, nothing))
    assert codes(ended) == ["broken"]
    assert "KeyError" in str(ended.error)
    assert [line.body.entry for line in ended.lines][-1] == "leg_finished"


def test_no_secret_leaves_in_an_error(tmp_path):
    def broken(*_: object) -> Facts:
        raise RuntimeError("the password is hunter22")

    ended = leg(tmp_path, of(broken, nothing), redact=lambda text: text.replace("hunter22", "***"))
    told = [line.body for line in ended.lines if isinstance(line.body, Noted | StepFinished)]
    assert told
    assert "hunter22" not in f"{told} {ended.error} {ended.lines[-1]}"
    assert "***" in str(told)

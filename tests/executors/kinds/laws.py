"""What holds for every executor in a world, as functions: of its own files here, of a real server in `tests/odoo`.

The laws of looking change nothing. The laws of applying change the world that the subject is given, and each wants
a world of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from executors.executor import Executor, Facts
from executors.protocol.operation import UNDO_CLASS, Operation

STEP = "subject"


@dataclass(frozen=True)
class Subject:
    """One executor with valid inputs in a world of its own (`World`, or a Reader for the laws of looking)."""

    executor: Executor
    inputs: BaseModel
    world: Any

    def look(self) -> Facts:
        return self.executor.look(self.inputs, STEP, self.world)

    def propose(self) -> list[Operation]:
        return list(self.executor.propose(self.inputs, STEP, self.look()))

    def settle(self) -> list[Operation]:
        """Apply round by round until nothing is proposed; return the undos in the order of their operations."""
        undos: list[Operation] = []
        for _ in range(10):
            proposed = self.propose()
            if not proposed:
                return undos
            undos += [undo for operation in proposed if (undo := self.world.apply(operation)) is not None]
        raise AssertionError(f"{self.executor.name} does not settle in ten rounds")


def a_second_look_sees_the_same(subject: Subject) -> None:
    assert subject.look() == subject.look()


def it_proposes_the_same_twice(subject: Subject) -> None:
    proposed = subject.propose()
    assert bool(proposed) == bool(subject.executor.operations), "one that only looks names no operations"
    assert subject.propose() == proposed


def it_proposes_only_what_its_record_names(subject: Subject) -> None:
    assert {operation.op for operation in subject.propose()} <= set(subject.executor.operations) <= set(UNDO_CLASS)


def its_facts_for_people_are_named_once(subject: Subject) -> None:
    facts = [(fact.target, fact.fact) for fact in subject.look().seen]
    assert len(facts) == len(set(facts))


def it_settles(subject: Subject) -> None:
    assert bool(subject.propose()) == bool(subject.executor.operations)
    subject.settle()
    assert subject.propose() == []


def a_settled_world_looks_the_same_twice(subject: Subject) -> None:
    subject.settle()
    assert subject.look() == subject.look()


def it_can_be_taken_back(subject: Subject) -> None:
    before = subject.look().data
    for undo in reversed(subject.settle()):
        subject.world.apply(undo)
    assert subject.look().data == before


def it_is_content_with_its_own_sample(subject: Subject) -> None:
    subject.settle()
    found = [*subject.look().findings, *subject.executor.verify(subject.inputs, STEP, subject.world)]
    assert [finding for finding in found if finding.level == "failure"] == []


Law = Callable[[Subject], None]

OF_LOOKING: tuple[Law, ...] = (
    a_second_look_sees_the_same,
    it_proposes_the_same_twice,
    it_proposes_only_what_its_record_names,
    its_facts_for_people_are_named_once,
)
OF_APPLYING: tuple[Law, ...] = (
    it_settles,
    a_settled_world_looks_the_same_twice,
    it_can_be_taken_back,
    it_is_content_with_its_own_sample,
)

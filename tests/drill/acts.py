"""Ways to fail: an operation is refused, its answer is lost, or something at the place breaks at that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from executors.errors import OperationTimeout, WorldError
from executors.protocol.operation import Operation, in_scratch
from executors.world.world import World

PLANTED = "this was planted"


@dataclass
class Counter:
    """What was done to places, over all legs; at number `at` (from 0) `act` happens instead of, or beside it."""

    at: int = -1
    act: Callable[[World, Operation], Operation | None] = lambda world, operation: world.apply(operation)
    done: list[Operation] = field(default_factory=list)

    def hands(self, world: World) -> Any:
        """The world of one leg, with these hands."""
        return Faulty(world, self)


@dataclass
class Faulty:
    """A world whose hands fail once."""

    rest: World
    counter: Counter

    def __getattr__(self, name: str) -> Any:
        """Everything but operations is the real world's."""
        return getattr(self.rest, name)

    def apply(self, operation: Operation) -> Operation | None:
        """Carry out, or fail."""
        if in_scratch(operation):
            return self.rest.apply(operation)
        self.counter.done.append(operation)
        if len(self.counter.done) - 1 == self.counter.at:
            return self.counter.act(self.rest, operation)
        return self.rest.apply(operation)


def refused(_world: World, _operation: Operation) -> None:
    """The place says no; nothing was done."""
    raise WorldError(PLANTED)


def unheard(world: World, operation: Operation) -> None:
    """It is done, and nobody hears of it."""
    world.apply(operation)
    raise OperationTimeout(PLANTED)

"""One call on the world, within its time and as often as its limits allow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import TypeVar

from executors.errors import OperationTimeout, WorldError
from executors.protocol.plan import Limits
from executors.world.clock import Clock, backoff

T = TypeVar("T")


@dataclass(frozen=True)
class Effort:
    """The time and the tries that a step still has; `until` is on the monotonic clock."""

    clock: Clock
    until: float
    retries: int

    @classmethod
    def begin(cls, clock: Clock, limits: Limits) -> Effort:
        """Return the whole effort that the limits allow, beginning now."""
        return cls(clock, clock.monotonic() + limits.timeout_seconds, limits.retries)

    def make(self, call: Callable[[], T], doing: str) -> T:
        """Return what the call returns, tried again after `again` errors with growing pauses.

        Raises OperationTimeout when the step's time is over: the call is abandoned where it stands, and nobody
        knows whether it took effect. Raises the last WorldError when the tries are used up.
        """
        tried = 0
        while True:
            try:
                return self._within(call, doing)
            except OperationTimeout:
                raise
            except WorldError as error:
                tried += 1
                pause = backoff(tried, self.clock.chance())
                if not error.again or tried > self.retries or self.clock.monotonic() + pause >= self.until:
                    raise
            self.clock.sleep(pause)

    def _within(self, call: Callable[[], T], doing: str) -> T:
        """Run the call on a thread of its own, which is left behind when the time is over."""
        left = self.until - self.clock.monotonic()
        if left <= 0:
            raise OperationTimeout(f"{doing}: the step's time is over")
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 - carried to the caller, who decides
                answer.set_exception(error)

        threading.Thread(target=work, name=doing, daemon=True).start()
        try:
            return answer.result(left)
        except NotYet as error:
            if answer.done():
                raise
            raise OperationTimeout(f"{doing}: not done when the step's time was over") from error

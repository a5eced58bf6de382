"""A URL is asked again and again, with growing pauses, until its answer is right or the patience is over."""

from __future__ import annotations

from collections.abc import Callable

from executors.errors import WorldError
from executors.executor import Answer, Asked
from executors.world.clock import Clock, backoff


def ask(get: Callable[[], Answer], wrong: Callable[[Answer], str | None], seconds: float, clock: Clock) -> Asked:
    """Return the first answer that nothing is wrong with, else the last one, and what each try but it found.

    A pause is counted in full, whatever the clock did meanwhile, so that the number of tries has an end. Raises
    WorldError at once for what no retry can help.
    """
    begun, paused, tries = clock.monotonic(), 0.0, list[str]()
    while True:
        answer: Answer | None = None
        try:
            answer = get()
            found = wrong(answer)
        except WorldError as error:
            if not error.again:
                raise
            found = str(error)
        spent = max(clock.monotonic() - begun, paused)
        if found is None:
            return Asked(answer, tuple(tries))
        tries.append(f"try {len(tries) + 1}, after {spent:.1f} s: {found}")
        pause = backoff(len(tries), clock.chance(), most=15.0)
        if spent + pause > seconds:
            return Asked(answer, tuple(tries), wrong=found)
        clock.sleep(pause)
        paused += pause

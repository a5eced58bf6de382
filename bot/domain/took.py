"""How long steps took before in this installation, and what a plan may promise on that ground (pure).

A step's time is `measured` where its executor was carried out three times or more, else from the `table`, else
`unknown`. An estimate says which; nothing is approved by it, and a plan is not another one because of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import ceil, floor

from bot.domain.ledger import Line
from executors.protocol.plan import Duration, Leg, Step

ALIAS = "took:"
"""What the ledger's lines of completed steps are found by, with the installation's number behind it."""
SAMPLES = 800
"""Lines that are read, the newest: 200 legs of four steps."""
ENOUGH = 3
"""Runs from which on a time is called measured."""
_LONGEST = 3_600
_LOOKERS = frozenset({"preflight", "validate", "check_foreign"})
"""Executors that change nothing: every other one that changed nothing found its work done and says little."""


@dataclass(frozen=True)
class Took:
    """One step that was completed: by which executor, in how many seconds."""

    executor: str
    seconds: float


def alias_of(installation: int) -> str:
    """The alias of an installation's completed steps."""
    return f"{ALIAS}{installation}"


def tells(executor: str, changed: int) -> bool:
    """Whether the time of a completed step tells anything of the next one's."""
    return changed > 0 or executor in _LOOKERS


def took_by(line: Line) -> Took | None:
    """What a line of a completed step says; None for a time that is none: a job told it (T41)."""
    try:
        seconds = Decimal(str(line.entry.data.get("seconds", "")))
    except InvalidOperation:
        return None
    if not seconds.is_finite() or not 0 <= seconds <= _LONGEST:
        return None
    return Took(str(line.entry.data.get("executor", "")), float(seconds))


def measured(executor: str, samples: Sequence[Took]) -> Duration | None:
    """Whole seconds from the 10th to the 90th percentile, by nearest rank; None for fewer than three runs."""
    times = sorted(one.seconds for one in samples if one.executor == executor)
    if len(times) < ENOUGH:
        return None
    low, high = (times[max(0, ceil(len(times) * part / 10) - 1)] for part in (1, 9))
    return Duration(low=floor(low), high=max(1, ceil(high)), basis="measured", runs=len(times))


def timed(steps: Sequence[Step], samples: Sequence[Took]) -> tuple[Step, ...]:
    """The steps, each with how long it takes and by what that is known."""
    return tuple(step.model_copy(update=_time(step, samples)) for step in steps)


def _time(step: Step, samples: Sequence[Took]) -> dict[str, object]:
    found = measured(step.executor, samples)
    if found is not None:
        return {"duration": found, "estimate_seconds": found.high}
    basis = "table" if step.estimate_seconds else "unknown"
    return {"duration": Duration.model_validate({"low": 0, "high": step.estimate_seconds, "basis": basis})}


def minutes(steps: Sequence[Step], legs: Sequence[Leg], jobs: int) -> tuple[int, int]:
    """The least and the most minutes that are billed: each job at least one, each rounded up.

    What the table gives is taken together with a fifth more, truncated, as the table wants it; what was measured
    is rounded up leg by leg, beside the minute of each leg's other job.
    """
    by_leg = [[step for step in steps if step.id in leg.steps] for leg in legs]
    table = sum(step.estimate_seconds for step in steps if not _is_measured(step)) // 60 * 12 // 10
    low = sum(_minutes(one, high=False) for one in by_leg) + jobs - len(legs)
    high = table + sum(_minutes(one, high=True) for one in by_leg)
    if all(_is_measured(step) or not step.estimate_seconds for one in by_leg for step in one):
        high += jobs - len(legs)
    return max(jobs, low), max(jobs, low, high)


def _minutes(steps: Sequence[Step], *, high: bool) -> int:
    times = [step.duration for step in steps if step.duration is not None and step.duration.basis == "measured"]
    return -(-sum(one.high if high else one.low for one in times) // 60)


def _is_measured(step: Step) -> bool:
    return step.duration is not None and step.duration.basis == "measured"


def basis(steps: Sequence[Step]) -> str:
    """By what the time of each step is known, in words."""
    found: dict[str, list[str]] = {}
    for step in steps:
        if step.duration is not None:
            found.setdefault(step.duration.words, []).append(step.id)
    return "; ".join(f"{', '.join(names)}: {words}" for words, names in found.items())

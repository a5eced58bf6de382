"""One drill each: a failure and what is left of it, a retry after it, a rollback to a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from executors.protocol.operation import Operation, target_of
from tests.drill.acts import Counter
from tests.drill.firm import Firm

Act = Callable[..., Operation | None]


@dataclass(frozen=True)
class Row:
    """How a drill went: what failed, how the run ended, what people were told remains, what really differs."""

    name: str
    outcome: str
    residue: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Whether the end is what it should be, and nothing was said to remain."""
        return not self.residue and not self.differs


def undisturbed(firm: Firm) -> tuple[list[Operation], dict[str, Any]]:
    """What a run without a failure does to places, and the state that it ends with; it is taken back again."""
    before, counter = firm.state(), Counter()
    ended = firm.execute(counter.hands)
    assert ended.outcome == "completed", ended.error
    after = firm.state()
    assert cleared(firm, before) == ()
    return counter.done, after


def failed(firm: Firm, at: int, act: Act, mended: Callable[[], None] = lambda: None) -> Row:
    """Fail at that operation; `mended` repairs the place before people take back what the run could not."""
    before, counter = firm.state(), Counter(at, act)
    ended = firm.execute(counter.hands)
    mended()
    residue = tuple(firm.rollback())
    row = Row(_name(counter), ended.outcome, residue, _differs(before, firm.state()))
    firm.journals.clear()
    return row


def retried(
    firm: Firm, at: int, act: Act, wanted: dict[str, Any], mended: Callable[[], None] = lambda: None
) -> Row:
    """Fail at that operation and go on as `/retry` does: the end is that of a run without a failure."""
    before, counter = firm.state(), Counter(at, act)
    assert firm.execute(counter.hands).outcome != "completed"
    mended()
    ended = firm.execute()
    differs = _differs(wanted, firm.state())
    return Row(f"retry: {_name(counter)}", ended.outcome, cleared(firm, before), differs)


def back_to(firm: Firm, step: str, wanted: dict[str, Any]) -> Row:
    """Carry everything out and take back what came after the step, as `/rollback to-<step>` does."""
    before = firm.state()
    ended = firm.execute()
    residue = tuple(firm.rollback(step))
    order = [one for leg in firm.plan.legs for one in leg.steps]
    stays = set(order[: order.index(step) + 1])
    expected = dict(wanted if "deploy" in stays else before)
    expected["zone"] = (wanted if "dns" in stays else before)["zone"]
    row = Row(f"rollback to {step}", ended.outcome, residue, _differs(expected, firm.state()))
    assert cleared(firm, before) == ()
    return row


def announced(firm: Firm, at: int, act: Act) -> Row:
    """Fail where a release that was put aside long ago is gone for good: exactly what the preview told remains."""
    firm.puts_aside("r-first")
    told, row = firm.announced(), failed(firm, at, act)
    gone = {one for one in told if any(one in name for name in row.differs)}
    beyond = tuple(name for name in row.differs if not any(one in name for one in told))
    differs = (*beyond, *(f"{one} is there still" for one in told if one not in gone))
    return Row(f"told before: {', '.join(told) or 'nothing'}", row.outcome, row.residue, differs)


def cleared(firm: Firm, before: dict[str, Any]) -> tuple[str, ...]:
    """Take everything back; returns what is left or differs."""
    residue = (*firm.rollback(), *_differs(before, firm.state()))
    firm.journals.clear()
    return residue


def _name(counter: Counter) -> str:
    if counter.at >= len(counter.done):
        return "after the last operation"
    operation = counter.done[counter.at]
    place = target_of(operation).rpartition("/")[2]
    return f"{counter.at + 1} {operation.op} {place.rpartition('#')[2]} {counter.act.__name__}"


def _differs(wanted: dict[str, Any], found: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name in wanted | found if wanted.get(name) != found.get(name)))

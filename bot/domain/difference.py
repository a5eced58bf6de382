"""What changed between two versions of a plan, in words for the people whose approval it voids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from executors.protocol.plan import Estimate, Plan, Step

SHOWN = 60
"""Characters of a value that is shown as it was and as it is."""


@dataclass(frozen=True)
class Change:
    """What became of one step; `was` and `now` are short values, "" where there is none."""

    step: str
    kind: Literal["added", "removed", "changed"]
    what: str = ""
    """the part of the step that changed: an input by its path, `order`, `undo` …"""
    was: str = ""
    now: str = ""

    def to_data(self) -> dict[str, str]:
        """The change as it stands in the ledger."""
        return asdict(self)


def step_changes(old: Plan | None, new: Plan) -> tuple[Change, ...]:
    """The difference of the plans step by step, in the order of the new plan, then what is gone."""
    if old is None:
        return ()
    before, after = {step.id: step for step in old.steps}, {step.id: step for step in new.steps}
    found = [change for step in new.steps for change in _step(before.get(step.id), step)]
    return (*found, *(Change(step, "removed") for step in before if step not in after))


def _step(old: Step | None, new: Step) -> Iterator[Change]:
    if old is None:
        yield Change(new.id, "added")
        return
    old, new = _lasting(old), _lasting(new)
    for field, word in _OF_A_STEP.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield Change(new.id, "changed", word, *_shown(was, now))
    flat_old, flat_new = dict(_leaves(old.inputs)), dict(_leaves(new.inputs))
    for path in sorted({*flat_old, *flat_new}):
        was, now = flat_old.get(path), flat_new.get(path)
        if was != now:
            yield Change(new.id, "changed", path, *_shown(was, now))


_OF_A_STEP = {
    "executor": "executor",
    "title": "title",
    "summary": "what it does",
    "depends_on": "order",
    "limits": "limits",
    "undo": "undo",
}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


def _shown(was: Any, now: Any) -> tuple[str, str]:
    return _value(was), _value(now)


def _value(value: Any) -> str:
    """A value for the public: a short one as it is, a long one by its length, a mail address not at all."""
    if value is None or value == {} or value == []:
        return ""
    text = str(value)
    if "@" in text:
        return "(not shown)"
    return text if len(text) <= SHOWN else f"{len(text)} characters"


def difference(old: Plan | None, new: Plan) -> str:
    """One sentence; "" where there was no earlier plan."""
    if old is None:
        return ""
    changes = list(_changes(old, new))
    return f"v{old.version} → v{new.version}: " + ("; ".join(changes) if changes else "the same plan again")


def same_plan(old: Plan, new: Plan) -> bool:
    """Whether the new plan differs in version, envelope and estimates only: then nothing was superseded.

    What a run takes is measured anew with each one, and says nothing of what would be done.
    """
    return _without_times(old).digest == _without_times(new.model_copy(update={"version": old.version})).digest


def _without_times(plan: Plan) -> Plan:
    steps = tuple(_timeless(step) for step in plan.steps)
    estimate = Estimate(minutes_low=0, minutes_high=0)
    return plan.model_copy(update={"envelopes": (), "steps": steps, "estimate": estimate})


def _changes(old: Plan, new: Plan) -> Iterator[str]:
    before, after = {step.id: step for step in old.steps}, {step.id: step for step in new.steps}
    if gone := [step for step in before if step not in after]:
        yield f"without {', '.join(gone)}"
    if added := [step for step in after if step not in before]:
        yield f"with {', '.join(added)}"
    shared = [name for name in after if name in before]
    for name in (name for name in shared if _lasting(before[name]) != _lasting(after[name])):
        yield f"{name} changed{_inputs(before[name], after[name])}"
    if old.risk.level != new.risk.level:
        yield f"risk {old.risk.level} → {new.risk.level}"
    yield from _templates(old, new)
    for field, word in _FIELDS.items():
        if getattr(old, field) != getattr(new, field):
            yield f"{word} changed"


def _templates(old: Plan, new: Plan) -> Iterator[str]:
    """A website's template by its versions, where they differ; bytes without a version are told as `templates`."""
    was, now = ({step.id: step.inputs for step in plan.steps if step.executor == "website"} for plan in (old, new))
    for step in sorted(now.keys() & was.keys()):
        before, after = ((one[step].get("template"), one[step].get("template_version")) for one in (was, now))
        if before != after and None not in (*before, *after):
            after_words = after[1] if after[0] == before[0] else f"{after[0]} {after[1]}"
            yield f"template {before[0]} {before[1]} → {after_words}"


_FIELDS = {
    "scope": "scope",
    "unavailable": "what is not available",
    "templates": "templates",
    "legs": "environment, hosts or secrets",
    "workflow": "the workflow",
    "prices": "the price table",
    "policy": "the policy",
    "mode": "the mode",
    "auto_rollback": "automatic rollback",
    "dry_run": "dry run",
}


def _timeless(step: Step) -> Step:
    return step.model_copy(update={"estimate_seconds": 0, "duration": None})


def _lasting(step: Step) -> Step:
    """The step without what differs in every version: its time, and the name of the copy that is made for it."""
    step, at = _timeless(step), step.inputs.get("at")
    if not isinstance(at, dict) or not at.get("snapshot"):
        return step
    return step.model_copy(update={"inputs": {**step.inputs, "at": {**at, "snapshot": "a copy"}}})


def _inputs(old: Step, new: Step) -> str:
    old, new = _lasting(old), _lasting(new)
    names = sorted(name for name in {*old.inputs, *new.inputs} if old.inputs.get(name) != new.inputs.get(name))
    return f" ({', '.join(names[:6])})" if names else ""

"""What changed between two versions of a plan, in words for the people whose approval it voids."""

from __future__ import annotations

from collections.abc import Iterator

from executors.protocol.plan import Plan, Step


def difference(old: Plan | None, new: Plan) -> str:
    """One sentence; "" where there was no earlier plan."""
    if old is None:
        return ""
    changes = list(_changes(old, new))
    return f"v{old.version} → v{new.version}: " + ("; ".join(changes) if changes else "the same plan again")


def same_plan(old: Plan, new: Plan) -> bool:
    """Whether the new plan differs in its version and envelope only: then nothing was superseded."""
    return (
        old.model_copy(update={"envelopes": ()}).digest == new.model_copy(update={"version": old.version}).digest
    )


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
    for field, word in _FIELDS.items():
        if getattr(old, field) != getattr(new, field):
            yield f"{word} changed"


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


def _lasting(step: Step) -> Step:
    """The step without what differs in every version: the name of the copy that is made for it."""
    at = step.inputs.get("at")
    if not isinstance(at, dict) or not at.get("snapshot"):
        return step
    return step.model_copy(update={"inputs": {**step.inputs, "at": {**at, "snapshot": "a copy"}}})


def _inputs(old: Step, new: Step) -> str:
    old, new = _lasting(old), _lasting(new)
    names = sorted(name for name in {*old.inputs, *new.inputs} if old.inputs.get(name) != new.inputs.get(name))
    return f" ({', '.join(names[:6])})" if names else ""

"""What the entries about gates leave behind in a case: approvals, refusals, and the gate that it waits at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain.approval import Approval
from bot.domain.case import Case, Lossy, Objection, OpenGate, Override
from bot.domain.fold_queue import gates_of
from bot.domain.ledger import Line
from bot.domain.lifecycle import Phase
from bot.domain.people import Role


def _approved(case: Case, line: Line) -> Case:
    data, actor = line.entry.data, line.entry.actor
    approval = Approval(
        user=actor.id,
        login=actor.login,
        role=Role.parse(data["role"]),
        basis=data["basis"],
        version=data["version"],
        digest=data["digest"],
        gate=data["gate"],
        source=data["source"],
        evidence=data["evidence"],
        at=line.at,
        kind=data["kind"],
    )
    # The latest word of a person is their word: an older one does not come back when this one goes (T14).
    same = (approval.user, approval.gate)
    others = [one for one in case.approvals if (one.user, one.gate) != same or one.kind == "policy"]
    kept = [one for one in case.objections if (one.user, one.gate) != same]
    return replace(case, approvals=(*others, approval), objections=tuple(kept))


def _withdrawn(case: Case, line: Line) -> Case:
    source, kept = line.entry.data["source"], []
    for known in case.approvals:
        if known.source == source:
            code = str(line.entry.data.get("code", "withdrawn"))
            case = _noted(case, known.login, code, line.entry.reason)
        else:
            kept.append(known)
    overrides = tuple(one for one in case.overrides if one.source != source)
    return replace(case, approvals=tuple(kept), overrides=overrides, gates_passed=_without(case, source))


def _without(case: Case, source: object) -> Mapping[str, str]:
    """The gates that stay passed when that word is gone: at its own people decide again."""
    gone = gates_of(case, source)
    return {name: leg for name, leg in case.gates_passed.items() if name not in gone}


def _refused(case: Case, line: Line) -> Case:
    if line.entry.data.get("role") in {"none", "read"}:  # this is an answer to an outsider too (T45)
        case = replace(case, answered=(*case.answered[-39:], (line.at, line.entry.actor.id)))
    return _noted(case, line.entry.actor.login, line.entry.data["code"], line.entry.reason)


def _objected(case: Case, line: Line) -> Case:
    """Somebody who may approve asks for changes; their own yes, if they gave one, is gone."""
    data, actor = line.entry.data, line.entry.actor
    found = Objection(actor.id, actor.login, data["gate"], data["source"])
    kept = tuple(one for one in case.approvals if (one.user, one.gate) != (found.user, found.gate))
    others = tuple(one for one in case.objections if (one.user, one.gate) != (found.user, found.gate))
    return replace(case, approvals=kept, objections=(*others, found))


def _settled(case: Case, line: Line) -> Case:
    source = line.entry.data["source"]
    return replace(case, objections=tuple(one for one in case.objections if one.source != source))


def _overridden(case: Case, line: Line) -> Case:
    data, actor = line.entry.data, line.entry.actor
    found = Override(
        actor.id,
        actor.login,
        data["gate"],
        data["digest"],
        line.entry.reason,
        line.at,
        data["source"],
        data.get("evidence", ""),
    )
    others = [one for one in case.overrides if (one.user, one.gate) != (found.user, found.gate)]
    return replace(case, overrides=(*others, found))


def _noted(case: Case, login: str, code: str, why: str) -> Case:
    """The case with one more approval that does not count; the last twenty are kept for `/why`."""
    note = {"login": login, "code": code, "why": why}
    return replace(case, refused=(*case.refused, note)[-20:])


def _opened(case: Case, line: Line) -> Case:
    """Each opening is a decision of its own: what was approved at an earlier one does not count."""
    data = line.entry.data
    lossy = tuple(Lossy(**one) for one in data.get("lossy", ()))
    found = OpenGate(
        name=data["gate"],
        legs=tuple(data.get("legs", ())),
        steps=tuple(data.get("steps", ())),
        lossy=lossy,
        more=data.get("more", 0),
        why=line.entry.reason,
    )
    kept = tuple(one for one in case.approvals if one.gate != found.name)
    to = data.get("to", "") if found.name == "rollback" else case.rollback_to
    return replace(case, gate=found, decided=False, approvals=kept, rollback_to=to)


def _passed(case: Case, line: Line) -> Case:
    name = line.entry.data.get("gate", "plan")
    if name == "plan":
        return replace(case, passed=True)
    if name == "rollback":  # what waited to be carried out is not wanted any more
        queued = case.queued if case.queued is None or case.queued.verb == "rollback" else None
        return replace(case, decided=True, queued=queued)
    leg = case.gate.legs[0] if case.gate is not None and case.gate.legs else ""
    return replace(case, gate=None, gates_passed={**case.gates_passed, name: leg})


def _reopened(case: Case, _: Line) -> Case:
    """People decide on the plan again; a case that is held comes back to that."""
    held_from = Phase.VALIDATED if case.phase is Phase.HELD else case.held_from
    return replace(case, passed=False, gate=None, queued=None, held_from=held_from)


def _closed(case: Case, line: Line) -> Case:
    """The gate was refused, or left behind: what was approved there is spent, whether or not it was passed."""
    name = case.gate.name if case.gate is not None else line.entry.data.get("gate", "")
    kept = tuple(one for one in case.approvals if one.gate != name)
    others = {passed: leg for passed, leg in case.gates_passed.items() if passed != name}
    return replace(case, gate=None, decided=False, approvals=kept, gates_passed=others)


def _asked(case: Case, line: Line) -> Case:
    """Somebody takes back what may be taken back without a decision at a gate; the step `to` stays."""
    return replace(case, decided=False, rollback_to=line.entry.data.get("to", ""))


def _hold_asked(case: Case, line: Line) -> Case:
    """It is held as soon as the run under way is over."""
    return replace(case, hold=True, holder=line.entry.actor, held_why=line.entry.reason)


def _hold_dropped(case: Case, _: Line) -> Case:
    return replace(case, hold=False)


def _held(case: Case, line: Line) -> Case:
    """By a person, or, with `frozen`, because of what GitHub says; a person's hold outlives the other."""
    frozen = line.entry.data.get("frozen", "")
    hold, who = case.hold or not frozen, line.entry.actor
    return replace(case, frozen=frozen, hold=hold, holder=who, held_why=line.entry.reason)


def _resumed(case: Case, _: Line) -> Case:
    return replace(case, frozen="", hold=False)


GATE_READERS: dict[str, Callable[[Case, Line], Case]] = {
    "approval.given": _approved,
    "approval.refused": _refused,
    "approval.objected": _objected,
    "approval.settled": _settled,
    "override.used": _overridden,
    "approval.withdrawn": _withdrawn,
    "gate.opened": _opened,
    "gate.passed": _passed,
    "gate.refused": _closed,
    "gate.reopened": _reopened,
    "rollback.requested": _asked,
    "hold.requested": _hold_asked,
    "hold.withdrawn": _hold_dropped,
    "capability.held": _held,
    "capability.resumed": _resumed,
}

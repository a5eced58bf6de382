"""The effects of a foreseen decision, kind by kind in words; and all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot import say
from bot.cli._outcome import outcome, records, step_of
from bot.cli._simulation import Foreseen
from bot.domain.effects import (
    CancelRun,
    Check,
    CloseIssue,
    ClosePull,
    Deployment,
    Dispatch,
    OpenPull,
    React,
    Record,
    Say,
    Seal,
    SetLabels,
    Tell,
    Timer,
)
from bot.domain.ledger import Entry
from bot.domain.plan_check import decision_data
from bot.domain.replies import AuditRow
from bot.perform.talk import present
from bot.say.history import happened

_WORDS: dict[type, str] = {
    OpenPull: "the plan pull request is opened or brought up to date",
    ClosePull: "the plan pull request is closed",
    CloseIssue: "the issue is closed",
    CancelRun: "the workflow run is cancelled",
    Seal: "an evidence pack is sealed and published",
    Deployment: "the deployment gets a new status",
}


@dataclass(frozen=True)
class Said:
    """A comment that would be written: where (`sticky`, `reply`), on which number, its Markdown."""

    to: str
    number: int
    text: str


def recorded(foreseen: Foreseen) -> Iterator[tuple[Entry, str]]:
    """The ledger entries, each with its sentence."""
    for n, record in enumerate(records(foreseen), start=foreseen.before.last + 1):
        entry = record.entry
        row = AuditRow(n, "", entry.actor.login, entry.type, entry.reason, entry.data)
        yield entry, str(happened(row))


def comments(foreseen: Foreseen) -> Iterator[Said]:
    """The comments; of several versions of the sticky one the last."""
    last = [effect for effect in foreseen.effects if isinstance(effect, Say) and effect.to == "sticky"][-1:]
    for effect in foreseen.effects:
        if isinstance(effect, Say) and (effect.to == "reply" or effect in last):
            text = say.comment(present(effect.message, foreseen.after), "")
            yield Said(effect.to, effect.number or foreseen.after.number, text.strip())


def runs(foreseen: Foreseen) -> Iterator[dict[str, str]]:
    """The legs: those that wait for budget and environment first, and those that are dispatched at once."""
    for effect in foreseen.effects:
        match effect:
            case Dispatch(leg=leg, verb=verb):
                yield {"leg": leg, "verb": verb, "when": "at once"}
            case Record(Entry("leg.queued", data)):
                when = "once the budget has money for it and its environment is free"
                yield {"leg": data["leg"], "verb": data["verb"], "when": when}


def checks(foreseen: Foreseen) -> Iterator[dict[str, str]]:
    """The check runs, each as it would be last."""
    newest = {effect.report.name: effect for effect in foreseen.effects if isinstance(effect, Check)}
    for name, effect in newest.items():
        title = say.check(replace(effect.report, case=foreseen.after)).title
        yield {"name": f"millwright / {name}", "conclusion": effect.conclusion or effect.status, "title": title}


def others(foreseen: Foreseen) -> Iterator[str]:
    """Everything else, in words and in its order."""
    for effect in foreseen.effects:
        match effect:
            case Record() | Say() | Dispatch() | Check():
                continue
            case React(content=content):
                yield f"the reaction {content}"
            case SetLabels(state=state):
                yield f"the label state:{state}"
            case Timer(name=name, due=due):
                yield f"the timer {name}, due {due:%Y-%m-%d %H:%M} UTC"
            case Tell(to=to, kind=kind):
                yield f"{kind} is told to {to}"
            case _:
                yield _WORDS.get(type(effect), type(effect).__name__)


def as_json(foreseen: Foreseen) -> dict[str, Any]:
    """The decision in the shape of the plan's check run, with what is simulated and what it would do."""
    found, question = outcome(foreseen), foreseen.question
    actor, supposed = foreseen.actor, question.role.word if question.role is not None else None
    return decision_data(foreseen.after, foreseen.verdict, foreseen.gate) | {
        "simulated": {
            "case": foreseen.before.key,
            "issue": f"{foreseen.before.repo.name}#{foreseen.before.number}",
            "actor": {"login": actor.login, "id": actor.id, "kind": actor.kind},
            "command": question.command,
            "review": question.review,
            "at": question.at.isoformat(),
            "hypothetical": {"role": supposed, "teams": question.teams} if question.is_hypothetical else None,
        },
        "outcome": {
            "name": found.name,
            "code": found.code or None,
            "why": found.why,
            "meaning": found.meaning,
            "next": found.next,
        },
        "phase": {"before": foreseen.before.phase.value, "after": foreseen.after.phase.value},
        "policy_faults": [f"{one.path} {one.message}".strip() for one in foreseen.known.policy_faults],
        "effects": {
            "recorded": [
                {"type": entry.type, "actor": entry.actor.login, "said": said, "reason": entry.reason}
                for entry, said in recorded(foreseen)
            ],
            "said": [{"to": one.to, "number": one.number, "text": one.text} for one in comments(foreseen)],
            "dispatched": list(runs(foreseen)),
            "checks": list(checks(foreseen)),
            "others": list(others(foreseen)),
        },
        "next": step_of(foreseen),
    }

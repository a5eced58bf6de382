"""What happened, in sentences: the ledger for people who do not know its words, overrides, moments and sums.

What is not in the table here is shown by its own name: an entry can be added without a word in this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from bot.domain.case import Case
from bot.domain.replies import AuditRow, RunCost
from bot.say.encode import Markdown, code, prose, word

_HAPPENED = {
    "capability.opened": "opened the capability",
    "capability.held": "put it on hold",
    "hold.requested": "asked to hold it",
    "hold.withdrawn": "took the hold back before it began",
    "capability.resumed": "resumed it",
    "capability.rejected": "rejected it",
    "capability.cancelled": "cancelled it",
    "capability.completed": "everything is done",
    "briefing.edited": "edited the briefing",
    "briefing.refused": "the briefing has faults",
    "plan.generated": "plan v{version}, risk {risk}",
    "plan.requested": "asked for the plan to be published",
    "plan.superseded": "plan v{version} is void",
    "preview.started": "preview of {leg} begins",
    "preview.finished": "preview of {leg} is back",
    "preview.failed": "preview of {leg} failed",
    "approval.given": "approved v{version} at the gate {gate}",
    "approval.refused": "an approval at the gate {gate} was refused ({code})",
    "approval.withdrawn": "an approval was withdrawn ({code})",
    "withdrawal.requested": "asked for the own approval back",
    "approval.objected": "asked for changes in a review",
    "approval.settled": "a request for changes was settled",
    "override.used": "**overrode** the gate {gate}",
    "gate.opened": "the gate {gate} is open: people decide",
    "gate.passed": "the gate {gate} is passed",
    "gate.refused": "the gate {gate} was refused",
    "gate.reopened": "the gate {gate} is open again",
    "execution.requested": "asked to try {leg} again",
    "execution.started": "{leg} begins",
    "execution.failed": "it failed ({outcome})",
    "execution.recalled": "the run was recalled before it began",
    "execution.cancel_requested": "asked it to stop",
    "rollback.requested": "asked to take it back",
    "rollback.started": "taking it back begins",
    "rollback.completed": "everything was taken back",
    "rollback.stopped": "it was taken back down to {to}, which stands",
    "rollback.failed": "not everything could be taken back ({outcome})",
    "leg.queued": "the {verb} of {leg} waits for its turn",
    "leg.dispatched": "the {verb} of {leg} was dispatched",
    "leg.claimed": "the job {job} began",
    "leg.finished": "the {verb} of {leg} ended: {outcome}",
    "leg.lost": "the {verb} of {leg} ended without a word",
    "claim.refused": "the job {job} was turned away ({code})",
    "step.started": "step {step} begins",
    "step.completed": "step {step} is done",
    "step.failed": "step {step} failed",
    "step.skipped": "step {step} was skipped",
    "step.rolled_back": "step {step} was taken back",
    "spend.recorded": "the cost of a run of {leg} is known",
    "budget.reserved": "there is money for it",
    "budget.stopped": "the budget stops it",
    "names.refused": "another capability has its domain",
    "lock.awaited": "it waits for the environment",
    "evidence.sealed": "the evidence pack was sealed",
    "evidence.refused": "the evidence pack was not sealed",
    "effect.failed": "GitHub did not take {effect}",
    "notice.written": "news of it ({news}) go out, in {places} messages",
    "notice.sent": "{place} was taken",
    "notice.failed": "{place} was **not** delivered",
    "run.ignored": "a run of somebody else was ignored",
    "data.erased": "personal data were erased",
}
_TASKS = {"preview": "preview", "execute": "run", "rollback": "rollback"}
_SHOWN = 40
"""Characters of a field that stand in a sentence."""


def happened(row: AuditRow) -> Markdown:
    """A ledger line as a sentence."""
    sentence = _HAPPENED.get(row.type)
    return Markdown(sentence.format_map(_Fields(row.data)) if sentence else code(row.type, 60))


class _Fields(dict[str, str]):
    """The entry's fields, encoded for a sentence; one that is not there is unknown."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        shown = {name: word(str(value)[:_SHOWN]) for name, value in data.items()}
        super().__init__(shown | {"verb": task(data.get("verb"))})

    def __missing__(self, name: str) -> str:
        return "unknown"


def task(verb: object) -> Markdown:
    """What a run is for, as a noun."""
    return Markdown(_TASKS.get(str(verb), "run"))


def badges(case: Case) -> Markdown:
    """A warning for each override of the present plan: whoever reads of the work reads of them (T15)."""
    used = [one for one in case.overrides if one.digest == case.digest]
    lines = [
        f"⚠️ **Override** of {_gate(one.gate)} by {code(one.login, 60)}: {prose(one.reason, 200)}"
        for one in used[:10]
    ]
    return Markdown("\n\n".join(lines))


def _gate(name: str) -> str:
    return "the budget" if name == "budget" else f"the gate {code(name, 60)}"


def second(at: str) -> Markdown:
    """An RFC 3339 moment in UTC as people read it, to the second."""
    return word(at[:19].replace("T", " "))


def minute(at: str) -> Markdown:
    """The same to the minute."""
    return word(at[:16].replace("T", " "))


def total_of_runs(runs: Iterable[RunCost]) -> Markdown:
    """The sum per currency; `≥` where some of it is unknown, `unknown` where all of it is."""
    sums: dict[str, Decimal] = {}
    listed = list(runs)
    for run in listed:
        if run.amount is not None:
            sums[run.currency] = sums.get(run.currency, Decimal(0)) + Decimal(run.amount)
    sign = "≥ " if any(run.amount is None or run.minutes is None for run in listed) else ""
    return Markdown(
        " + ".join(f"{sign}{amount:f} {word(name)}" for name, amount in sorted(sums.items())) or "unknown"
    )


def github_keeps(case: Case) -> Markdown:
    """What GitHub holds of the capability, which the bot cannot erase, and how people do."""
    things = [
        "the text and the comments of this issue, with their edit histories: edit or delete them, or the issue"
    ]
    if "pull" in case.made:
        branch = code(case.made.get("branch", ""), 100)
        things.append(
            f"the plan pull request {word(case.made['pull'])} and its branch {branch}, "
            "which hold plan and briefing: delete the branch; GitHub Support removes what it keeps"
        )
    if case.evidence.get("url"):
        things.append("the evidence pack, a release asset of this repository: delete the release with its tag")
    if "anchored" in case.made:
        things.append(
            "what the bot keeps of this in the operations repository is erased with it, and its history there: "
            "GitHub keeps such commits for a while where only who knows their names can read them; "
            "GitHub Support removes them"
        )
    if case.every_run:
        things.append("logs and artifacts of the workflow runs in the operations repository: delete the runs")
    things.append("backups of the bot's database: whoever runs the bot deletes them by their own rule")
    things.append("what the work itself made, in its target: `/rollback` before erasing, or by hand")
    things.append("copies of databases that were taken before a change: drop them in the database manager")
    return Markdown(
        "What GitHub and the targets keep, and how it goes:\n\n" + "\n".join(f"- {one}" for one in things)
    )


WORDS: Mapping[str, Callable[..., Markdown]] = {
    "happened": happened,
    "badges": badges,
    "task": task,
    "second": second,
    "minute": minute,
    "total_of_runs": total_of_runs,
    "github_keeps": github_keeps,
}
"""What templates may call."""

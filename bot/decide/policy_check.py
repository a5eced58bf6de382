"""A pull request that touches the policy, the workflow or who owns them: the check run says what it would change.

It is read and nothing more: whoever proposes it may be a stranger with a fork (T5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.codeowners import Codeowners
from bot.domain.effects import PolicyReport
from bot.domain.faults import Fault
from bot.domain.knowledge import Knowledge, Need
from bot.domain.policy import PATH, Policy, parse_defaults
from bot.domain.policy_words import PolicyChecked
from bot.domain.proposed import Proposal, ProposedPolicy, asked_again, concerned, stale_plans
from bot.domain.turn import Turn
from bot.domain.weaker import gate_changes, rule_changes
from bot.domain.workflow_check import workflow_faults
from bot.events.model import CheckRequested, PullChanged
from executors.protocol.canonical import canonical
from executors.protocol.finding import Finding

ACTIONS = ("opened", "synchronize", "reopened")
"""What happens to a pull request that gives it a new head, or makes it count again."""


def needs(event: PullChanged | CheckRequested) -> tuple[Need, ...]:
    """What a pull request that belongs to no capability does to the policy."""
    if isinstance(event, PullChanged):
        return (ProposedPolicy(event.number, event.head_sha),) if event.action in ACTIONS else ()
    asked = asked_again(event.external_id) if event.action == "rerequested" else None
    return (asked,) if asked is not None else ()


def decide(turn: Turn, known: Knowledge) -> None:
    """One check run on the pull request's head, where it touches anything that decides about approvals."""
    found = known.proposal
    if found is None:
        return
    text = checked(found)
    if text is not None:
        annotations = (
            *(_finding(fault) for fault in text.faults if _is_here(fault)),
            *_unowned(found),
            *_unsent(found),
        )
        mark = hashlib.sha256(canonical([one.to_json() for one in annotations])).hexdigest()[:8]
        conclusion = "failure" if text.faults else "neutral" if text.weaker else "success"
        key = f"policy:{found.number}:{found.head[:12]}:{known.nonce}"
        turn.do(PolicyReport(key, found.repo, found.number, found.head, text, conclusion, mark, annotations))


def checked(found: Proposal) -> PolicyChecked | None:
    """What is to be said of it; None where it does not touch what decides about approvals."""
    if found.faults:
        return PolicyChecked(found.holds, found.operations, found.faults, compared=False)
    if found.holds == "defaults" and not found.operations:
        read = parse_defaults(found.after.defaults.text) if found.after.defaults else None
        faults = tuple(_named(found, read)) if isinstance(read, tuple) else ()
        return PolicyChecked(found.holds, "", faults, compared=False)
    before, after = found.before.read(), found.after.read()
    good = before if isinstance(before, Policy) else None
    if isinstance(after, tuple):
        if not concerned(found, good, None):
            return None
        faults = tuple(_named(found, after))
        return PolicyChecked(found.holds, found.operations, faults, compared=False)
    if not concerned(found, good, after):
        return None
    faults = tuple(_named(found, workflow_faults(after, found.workflow, found.bot)))
    text = PolicyChecked(found.holds, found.operations, faults, compared=good is not None)
    if good is None:
        return text
    return replace(
        text,
        gates=gate_changes(good, after),
        rules=rule_changes(good, after),
        stale=tuple(stale_plans(found.plans, good, after)),
        is_whole=found.is_whole,
    )


def _named(found: Proposal, faults: tuple[Fault, ...]) -> Iterator[Fault]:
    """The faults with their files as they are called from this repository: those in it by path alone."""
    theirs = found.after.defaults.file if found.after.defaults else ""
    for fault in faults:
        if found.holds == "policy":
            yield replace(fault, file=fault.file or PATH)
        elif not found.operations or fault.file == theirs:
            yield replace(fault, file=PATH)
        else:
            yield replace(fault, file=f"{found.operations}:{fault.file or PATH}")


def _is_here(fault: Fault) -> bool:
    """Whether the fault is in this repository: names of others have a colon, which no path of ours has."""
    return ":" not in fault.file


def _finding(fault: Fault) -> Finding:
    words = f"{fault.path} {fault.message}" if fault.path else fault.message
    message = f"{words}; {fault.next}" if fault.next else words
    return Finding(level="failure", code="policy", message=message[:4_000], path=fault.file, line=fault.line or 1)


def _unowned(found: Proposal) -> Iterator[Finding]:
    """The lines of CODEOWNERS that GitHub skips, so that what they name is owned by nobody they mean."""
    for path, text in found.codeowners:
        for line, why in Codeowners(text, found.repo.owner).skipped:
            yield Finding(level="warning", code="codeowners", message=why, path=path, line=line)


def _unsent(found: Proposal) -> Iterator[Finding]:
    """A policy that wants mail, where nothing can send it: each would be noted as not sent, and no more."""
    after = found.after.read()
    if not found.has_mail and isinstance(after, Policy) and any(one.kind == "mail" for one in after.notifications):
        why = "this bot has no mail server, so no mail is sent; whoever runs it sets MILLWRIGHT_SMTP_URL"
        yield Finding(level="warning", code="notifications", message=why, path=PATH, line=1)

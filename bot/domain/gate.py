"""A gate as a decision that explains itself: who may approve, whose approval counts, is it enough?

One mechanism for every gate: the plan's, the policy's own, and `rollback` (gates.py says which there are and what
each asks). An approval counts at the gate it was given at, for the version and digest it names, as long as its
words stand as they were said and its giver still may.

Everything compares numeric ids, live roles and digests; nothing compares names, labels or author
dates (T1, T2, T9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.approval import Approval, Verdict
from bot.domain.case import Case, Override
from bot.domain.facts import WordsNow
from bot.domain.gates import PLAN, Ask, ask
from bot.domain.knowledge import Knowledge
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.rights import Standing, basis, standing

OVERRIDE_ALONE = ("LOW", "MEDIUM")
"""Levels of risk at which one admin may override a gate; above, a second one must too (T15)."""


@dataclass(frozen=True)
class Now:
    """The moment at which a gate is judged, with what GitHub says at it.

    Without `live` rights are taken as they were when somebody approved, without `words` what was said as it was
    heard; whatever starts a job brings both (T3, T11).
    """

    at: datetime
    live: Mapping[int, Standing] | None = None
    words: Mapping[str, WordsNow] | None = None


def excluded(case: Case, asked: Ask) -> frozenset[int]:
    """The accounts that may not approve: issue author and briefing editors, where duties are separate (T1)."""
    return frozenset() if asked.author else case.editors | {case.author.id}


def _yes(because: str, code: str, children: tuple[Verdict, ...] = ()) -> Verdict:
    return Verdict(allowed=True, because=because, code=code, children=children)


def _no(because: str, code: str, children: tuple[Verdict, ...] = ()) -> Verdict:
    return Verdict(allowed=False, because=because, code=code, children=children)


def judge(case: Case, gate: str, policy: Policy, now: Now) -> Verdict:
    """Whether the gate is passed, with the verdict on every approval, objection and override as children.

    The verdicts on the approvals given at the gate come first, in their order.
    """
    asked = ask(case, policy, gate)
    if case.plan is None or asked is None:
        return _no(f"there is nothing to decide at the gate `{gate}`", "no_plan")
    given = case.approvals_of(gate)
    counted = tuple(_counts(approval, case, policy, asked, now) for approval in given)
    overridden, overrides = _overrides(case, asked, now)
    objections = tuple(_objections(case, asked, now))
    children = (*counted, *objections, *overrides)
    have = len({a.user for a, verdict in zip(given, counted, strict=True) if verdict.allowed})
    if overridden:
        return _yes(
            "overridden by an admin" if len(overrides) == 1 else "overridden by admins", "overridden", children
        )
    if any(not one.allowed for one in objections):
        return _no(
            f"somebody who may approve asks for changes ({have} of {asked.count} approvals)", "objected", children
        )
    if any(one.allowed and one.code == "by_policy" for one in counted):
        return _yes("approved by policy", "by_policy", children)
    if have >= asked.count:
        return _yes(f"{have} of {asked.count} approvals", "enough", children)
    return _no(f"{have} of {asked.count} approvals", "approvals_missing", children)


def _counts(approval: Approval, case: Case, policy: Policy, asked: Ask, now: Now) -> Verdict:
    """Whether one approval counts now."""
    assert case.plan is not None
    who = f"{approval.login}'s approval" if approval.kind == "person" else "the policy's approval"
    if approval.version != case.version or approval.digest != case.plan.digest:
        return _no(f"{who} is of v{approval.version}, not of {case.plan.token}", "approval_stale")
    if is_expired(approval, asked, now.at):
        return _no(f"{who} is older than {asked.hours} hours", "expired")
    if approval.kind == "policy":
        allowed = policy.mode == "auto" and case.plan.risk.level == "LOW"
        return Verdict(allowed, f"{who} stands" if allowed else f"{who} needs mode auto and LOW risk", "by_policy")
    if approval.user in excluded(case, asked):
        return _no(f"{who} does not count: author or editor of the briefing", "self_approval")
    if now.words is not None and (unsaid := _unsaid(approval, now.words.get(approval.source))):
        return unsaid
    ground: str | None = approval.basis
    if now.live is not None:
        found = now.live.get(approval.user)
        ground = basis(asked.approvers, found) if found else None
    if not ground:
        return _no(f"{approval.login} may not approve any more", "no_role")
    return _yes(f"{who} counts ({ground})", "counts")


def _unsaid(approval: Approval | Override, words: WordsNow | None) -> Verdict | None:
    """What has become of the words that it stands on; None where they stand (T11, T14)."""
    kind = approval.source.partition(":")[0]
    if kind not in {"comment", "review"}:
        return None
    what = "approval" if isinstance(approval, Approval) else "override"
    who = f"{approval.login}'s {what} does not stand as it was said"
    if words is None or words.author != approval.user:
        return _no(f"{who}: the {kind} is not there any more", "words_gone")
    if words.hidden:
        return _no(f"{who}: the {kind} was minimised", "words_hidden")
    if kind == "comment" and words.sha256 != approval.evidence:
        return _no(f"{who}: the comment was edited", "words_edited")
    if kind == "review" and words.state != "approved":
        return _no(f"{who}: the review is {words.state.replace('_', ' ') or 'gone'}", "review_dismissed")
    if kind == "review" and words.commit != approval.evidence:
        return _no(f"{who}: the review is of another commit", "review_stale")
    return None


def _objections(case: Case, asked: Ask, now: Now) -> Iterator[Verdict]:
    """Reviews that ask for changes, by people who (still) may approve at the gate."""
    for one in case.objections:
        if one.gate != asked.name:
            continue
        found = now.live.get(one.user) if now.live is not None else None
        if now.live is not None and (found is None or basis(asked.approvers, found) is None):
            yield _yes(f"{one.login} asked for changes, and may not approve any more", "no_role")
        else:
            yield _no(f"{one.login} asks for changes, until that review is dismissed or they approve", "objected")


def _overrides(case: Case, asked: Ask, now: Now) -> tuple[bool, tuple[Verdict, ...]]:
    """Whether admins override the gate, with a verdict on each of their words, in their order (T15)."""
    assert case.plan is not None
    said = [one for one in case.overrides if one.gate == asked.name]
    verdicts = [_override(one, case, asked, now) for one in said]
    counting = {one.user for one, verdict in zip(said, verdicts, strict=True) if verdict.allowed}
    wrote = counting & (case.editors | {case.author.id})
    alone = case.plan.risk.level in OVERRIDE_ALONE and not wrote
    enough = len(counting) >= (1 if alone else 2)
    if counting and not enough:
        why = (
            "one who wrote the briefing does not override alone"
            if wrote
            else f"the risk is {case.plan.risk.level}"
        )
        verdicts.append(_no(f"an override takes a second admin here: {why}", "second_person"))
    return enough, tuple(verdicts)


def _override(said: Override, case: Case, asked: Ask, now: Now) -> Verdict:
    """Whether one admin's word counts now."""
    found = now.live.get(said.user) if now.live is not None else None
    if case.plan is None or said.digest != case.plan.digest:
        return _no(f"{said.login}'s override is of another plan", "approval_stale")
    if is_expired(said, asked, now.at):
        return _no(f"{said.login}'s override is older than {asked.hours} hours", "expired")
    if now.live is not None and (found is None or found.role < Role.ADMIN):
        return _no(f"{said.login} is no admin any more", "no_role")
    if now.words is not None and (unsaid := _unsaid(said, now.words.get(said.source))):
        return unsaid
    return _yes(f"{said.login} overrides: {said.reason}", "override")


def fallen(case: Case, gate: str, policy: Policy, now: Now) -> tuple[tuple[Approval | Override, Verdict], ...]:
    """The approvals and overrides at the gate that do not count now, each with the reason."""
    asked = ask(case, policy, gate)
    if asked is None:
        return ()
    given = [(one, _counts(one, case, policy, asked, now)) for one in case.approvals_of(gate)]
    said = [(one, _override(one, case, asked, now)) for one in case.overrides if one.gate == gate]
    every: list[tuple[Approval | Override, Verdict]] = [*given, *said]
    return tuple((one, verdict) for one, verdict in every if not verdict.allowed)


def overridden(case: Case, name: str, policy: Policy, now: Now) -> bool:
    """Whether admins override what bears that name and is no gate of people's, like the budget, for this plan."""
    asked = ask(case, policy, PLAN)
    return asked is not None and case.plan is not None and _overrides(case, replace(asked, name=name), now)[0]


def people_of(case: Case, gate: str) -> dict[int, str]:
    """Everybody whose word counts for or against at the gate, by id and login."""
    found = {one.user: one.login for one in case.approvals_of(gate) if one.kind == "person"}
    found |= {one.user: one.login for one in case.objections if one.gate == gate}
    return found | {one.user: one.login for one in case.overrides if one.gate == gate}


def gates_of(case: Case) -> tuple[str, ...]:
    """The gates at which anybody has said anything that still stands."""
    said = [one.gate for one in case.approvals] + [one.gate for one in case.objections]
    return tuple(dict.fromkeys([*said, *(one.gate for one in case.overrides)]))


def sources_of(case: Case, gate: str) -> tuple[str, ...]:
    """The words that approvals and overrides at the gate stand on: what `Words` asks for."""
    given = [one.source for one in case.approvals_of(gate) if one.kind == "person"]
    return (*given, *(one.source for one in case.overrides if one.gate == gate))


def live_rights(case: Case, gate: str, known: Knowledge) -> dict[int, Standing]:
    """The rights that these people have now, as they were asked for with `rights_of(people_of(case, gate))`."""
    return {user: standing(known, user, login) for user, login in people_of(case, gate).items()}


def as_known(case: Case, gate: str, known: Knowledge, at: datetime, *, words: bool = False) -> Now:
    """The moment with the live rights that were asked for; `words` where the words were asked for too."""
    return Now(at, live_rights(case, gate, known), known.words if words else None)


def is_expired(approval: Approval | Override, asked: Ask, now: datetime) -> bool:
    """Whether the approval is older than the gate allows; counts until dispatch."""
    return now >= expires(approval, asked)


def expires(approval: Approval | Override, asked: Ask) -> datetime:
    """When the approval stops counting."""
    return datetime.fromisoformat(approval.at) + timedelta(hours=asked.hours)


def count(case: Case, gate: str, policy: Policy, now: Now) -> int:
    """How many people's approvals count at the gate now; none where the plan meets no such gate any more."""
    if ask(case, policy, gate) is None:
        return 0
    given = case.approvals_of(gate)
    verdicts = judge(case, gate, policy, now).children[: len(given)]
    return len({one.user for one, verdict in zip(given, verdicts, strict=True) if verdict.allowed})

"""Approvals judged anew, because somebody's rights may be fewer, or because nothing was heard for a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain import ending
from bot.domain.approval import Approval, Verdict
from bot.domain.case import Case, Objection, Override
from bot.domain.gate import as_known, gates_of, judge, people_of, sources_of
from bot.domain.gates import ask
from bot.domain.knowledge import Knowledge, Need, Owners, PolicyFile, Words
from bot.domain.ledger import Entry
from bot.domain.people import Actor, Role
from bot.domain.rights import basis, rights_of, standing
from bot.domain.turn import Turn
from bot.domain.void import is_open, void
from bot.events.model import Told

SAID: Mapping[str, str] = {
    "organization": "{who} was removed from the organisation by {by}",
    "repository": "{who} was removed from the repository by {by}",
    "role": "{who} was given another role on the repository by {by}",
    "team": "{who} was removed from a team by {by}",
    "team_gone": "the team {who} was deleted by {by}",
    "team_changed": "the team {who} was changed, or taken off the repository, by {by}",
}
"""How somebody may have lost a right, for readers."""


def everybody(case: Case) -> dict[int, str]:
    """Everybody whose word counts for or against at a gate of the case, by id and login."""
    return {user: login for name in gates_of(case) for user, login in people_of(case, name).items()}


def needs_of_all(case: Case) -> tuple[Need, ...]:
    """Everybody's rights and words as they are now."""
    sources = tuple(source for name in gates_of(case) for source in sources_of(case, name))
    return (*rights_of(everybody(case)), Words(sources), Owners(), PolicyFile())


def needs(event: Told, case: Case) -> tuple[Need, ...]:
    """The rights of those whose unused word stands; nothing where the event is about somebody else."""
    user, people = event.data.get("user", 0), everybody(case)
    if not people or (user and user not in people) or not has_unused(case):
        return ()
    return (*rights_of(people), Owners(), PolicyFile())


def has_unused(case: Case) -> bool:
    """Whether a word stands that still decides something."""
    words: tuple[Approval | Override, ...] = (*case.approvals, *case.overrides)
    return bool(case.objections) or any(is_open(case, one) for one in words)


def decide(event: Told, turn: Turn, known: Knowledge, by: Actor) -> None:
    """Whoever may not decide any more has not decided: their unused words go, at once and said once."""
    if not known.roles or known.policy is None:
        return
    why = SAID[event.data["what"]].format(who=event.data["who"], by=by.login)
    lost = [one for one, verdict in _failing(turn, known, words=False) if verdict.code == "no_role"]
    admins = [one for one in turn.case.overrides if is_open(turn.case, one) and not _is_admin(one, known)]
    settled = [one for one in turn.case.objections if not _may_object(one, turn.case, known)]
    for one in settled:
        turn.record(Entry("approval.settled", {"source": one.source}, by, why))
    void(turn, [*lost, *admins], why, known, by, "no_role")
    if settled and not lost and not admins:
        ending.go_on(turn, known)


def again(turn: Turn, known: Knowledge, by: Actor, why: str) -> None:
    """After a silence: what does not count any more, for whatever reason, goes, each reason said once."""
    found: dict[str, list[Approval]] = {}
    for one, verdict in _failing(turn, known, words=True):
        found.setdefault(verdict.code, []).append(one)
    for code, given in found.items():
        void(turn, [one for one in given if is_open(turn.case, one)], why, known, by, code)


def _failing(turn: Turn, known: Knowledge, *, words: bool) -> Iterator[tuple[Approval, Verdict]]:
    """The unused approvals that do not count now, with the verdict on each."""
    case, policy = turn.case, known.policy
    for name in gates_of(case) if policy is not None else ():
        given = case.approvals_of(name)
        if policy is None or ask(case, policy, name) is None:
            continue
        verdicts = judge(case, name, policy, as_known(case, name, known, turn.now, words=words)).children
        for one, verdict in zip(given, verdicts[: len(given)], strict=True):
            if not verdict.allowed and is_open(case, one):
                yield one, verdict


def _is_admin(one: Override, known: Knowledge) -> bool:
    return standing(known, one.user, one.login).role >= Role.ADMIN


def _may_object(one: Objection, case: Case, known: Knowledge) -> bool:
    asked = ask(case, known.policy, one.gate) if known.policy is not None else None
    return asked is None or basis(asked.approvers, standing(known, one.user, one.login)) is not None

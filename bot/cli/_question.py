"""What `millwright simulate` is asked: who says which words where and when, and the event that this would be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.github import reading
from bot.adapters.github.session import Session
from bot.app import FLOW
from bot.domain.case import Case
from bot.domain.people import Actor, Repo, Role
from bot.errors import BotError
from bot.events.model import CommentCreated, Issue, ReviewChanged
from bot.handle import case_of
from bot.ports import GitHub, Hands
from bot.store.reading import ReadStore

NOWHERE = 2**53 - 1
"""The id of the comment or review: the largest that GitHub's JSON can hold, and one that it never gave."""
_ISSUE = re.compile(r"([A-Za-z0-9_-]{1,100}/[A-Za-z0-9._-]{1,100})#([1-9][0-9]{0,9})", re.ASCII)
_ACTOR = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\[bot\])?)(?::([1-9][0-9]{0,14}))?", re.ASCII)

Word = CommentCreated | ReviewChanged


class BadQuestion(BotError):
    """The question cannot be answered: it names nobody, nothing, or more than one thing."""


@dataclass(frozen=True)
class Question:
    """Who would say what, where and when. `role` and `teams` are supposed; what is None is read from GitHub."""

    actor: str
    command: str | None
    review: str | None
    issue: str | None
    case: str | None
    at: datetime
    role: Role | None = None
    teams: tuple[str, ...] | None = None

    @property
    def is_hypothetical(self) -> bool:
        """Whether rights are supposed that nobody has looked up."""
        return self.role is not None or self.teams is not None


class Supposed:
    """GitHub, but for the rights of one account, which are what the question supposes; a `ports.GitHub`."""

    def __init__(self, github: GitHub, actor: Actor, question: Question) -> None:
        self._github, self._actor, self._question = github, actor, question

    def __getattr__(self, name: str) -> Any:
        return getattr(self._github, name)

    async def role(self, repo: Repo, login: str, user: int) -> Role:
        """The supposed role of the account, everybody else's as GitHub has it."""
        supposed = self._question.role if user == self._actor.id else None
        return supposed if supposed is not None else await self._github.role(repo, login, user)

    async def teams_of(self, repo: Repo, login: str, slugs: Sequence[str]) -> tuple[str, ...]:
        """The supposed teams of the account, everybody else's as GitHub has them."""
        supposed = self._question.teams if login == self._actor.login else None
        if supposed is None:
            return await self._github.teams_of(repo, login, slugs)
        return tuple(slug for slug in slugs if slug in supposed)


async def the_case(question: Question, store: ReadStore, hands: Hands) -> Case:
    """The case that is asked about; BadQuestion where there is none, or where several bear that name."""
    if question.case is not None:
        found = await _folded(question.case, hands)
        if found is None:
            raise BadQuestion(
                f"--case {question.case}: the database knows no such case; --issue OWNER/REPO#N finds one"
            )
        return found
    named = _ISSUE.fullmatch(question.issue or "")
    if named is None:
        raise BadQuestion(f"--issue {question.issue}: is no issue; write it like acme/website#7")
    cases = [await _folded(key, hands) for key in await store.cases_numbered(int(named[2]))]
    here = [case for case in cases if case and case.repo.name.lower() == named[1].lower()]
    if not here:
        raise BadQuestion(
            f"--issue {question.issue}: the database knows no case of it; `/plan` on a labelled issue opens one"
        )
    if len(here) > 1:
        several = "; ".join(f"--case {case.key} ({case.title}, {case.phase.value})" for case in here)
        raise BadQuestion(f"--issue {question.issue} is the name of {len(here)} cases, so say which: {several}")
    return here[0]


async def _folded(key: str, hands: Hands) -> Case | None:
    return await case_of(key, await hands.store.lines(key), hands, FLOW)


async def the_actor(question: Question, repo: Repo, session: Session) -> Actor:
    """The account; its id and kind are GitHub's where the question gives no id. BadQuestion for nobody."""
    named = _ACTOR.fullmatch(question.actor)
    if named is None:
        raise BadQuestion(f"--actor {question.actor}: is no account; write it like bert, or bert:1002 with its id")
    if named[2]:
        return Actor(int(named[2]), named[1], "Bot" if named[1].endswith("[bot]") else "User")
    found = await reading.account(session, repo, named[1])
    if found is None:
        raise BadQuestion(
            f"--actor {named[1]}: GitHub knows nobody of that name; LOGIN:ID names an account all the same"
        )
    return found


async def the_word(question: Question, case: Case, actor: Actor, hands: Hands, session: Session) -> Word:
    """The event that the comment, or the review of the plan pull request's newest commit, would be now."""
    if question.review is None:
        issue = await hands.github.issue(case.repo, case.number)
        if issue is None:
            raise BadQuestion(
                f"{case.repo.name}#{case.number} is not there any more, so nobody says anything on it"
            )
        shown = Issue(case.node_id, case.number, issue.title, issue.body, case.author, issue.labels, issue.open)
        return CommentCreated(case.repo, shown, NOWHERE, question.command or "", actor)
    pull = case.made.get("pull")
    head = await reading.pull_head(session, case.repo, int(pull)) if pull else None
    if pull is None or head is None:
        raise BadQuestion(f"{case.repo.name}#{case.number} has no open plan pull request that could be reviewed")
    return ReviewChanged(
        case.repo, int(pull), "submitted", NOWHERE, question.review, head, question.command or "", actor, actor
    )

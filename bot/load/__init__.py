"""Answers an event's needs: what GitHub, the policy and the shipped packages say now. It decides nothing.

| module | what it brings |
|---|---|
| blueprints | verticals, templates, executor cards, the form: shipped with this version |
| checked | the files that the policy's checks run on |
| deliveries | GitHub's log of what it sent, beside our inbox |
| looking | open cases, and labelled issues that nobody told us of |
| own_templates | the organisation's own templates, file by file |
| operations | the operations repository's policy and workflow |
| proposed | what a pull request does to the policy |
| proposed_templates | which templates of its own a pull request touches |
| runs | workflow runs and their artifacts |
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, assert_never

from bot.domain.case import Case
from bot.domain.checks import CheckFiles
from bot.domain.knowledge import (
    Around,
    ArtifactNow,
    Blobs,
    Blueprints,
    CasesOf,
    Head,
    History,
    IssueNow,
    JobNow,
    Knowledge,
    Ledgers,
    MissedDeliveries,
    Need,
    OpenCases,
    OpenedLately,
    Owners,
    Permission,
    PolicyFile,
    PullNow,
    RunNow,
    TeamsOf,
    Unheard,
    Words,
    WorkflowFile,
)
from bot.domain.own_templates import OwnTemplates
from bot.domain.people import Repo
from bot.domain.proposed import ProposedPolicy
from bot.domain.template_words import ProposedTemplates
from bot.errors import GitHubBusy, GitHubError
from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged
from bot.events.model import CheckRequested, ClaimReceived, DoneReceived, Event, JournalReceived, TimerDue, Told
from bot.events.rows import SWEPT
from bot.load import (
    around,
    blueprints,
    checked,
    deliveries,
    looking,
    operations,
    own_templates,
    owners,
    proposed,
    proposed_templates,
    runs,
    words,
)
from bot.ports import Hands

log = logging.getLogger(__name__)


async def load(event: Event, needs: Iterable[Need], case: Case | None, hands: Hands) -> Knowledge:
    """The answers to `needs`; what is not there is None or empty. Raises GitHubError where nobody can be asked.

    A round that finds something shut says so by `is_readable`: it is no event that has to be handled some time.
    """
    try:
        return await _load(event, needs, case, hands)
    except GitHubBusy:
        raise
    except GitHubError as error:
        if not (isinstance(event, Told) and event.kind == SWEPT):
            raise
        log.warning("nothing can be read for %s: %s", event.case, error)
        return Knowledge(case=case, is_readable=False)


async def _load(event: Event, needs: Iterable[Need], case: Case | None, hands: Hands) -> Knowledge:
    wanted = needs = tuple(dict.fromkeys(needs))
    every = float(hands.settings.get("sweep", Knowledge.sweep_every))
    days = int(hands.settings.get("retention_days", Knowledge.retention_days))
    known = Knowledge(case=case, nonce=hands.chance(), sweep_every=every, retention_days=days)
    ours = [await _ours(need, known, hands) for need in wanted if isinstance(need, OURS)]
    known = replace(known, **_merged(ours, known))
    wide = [await _wide(need, hands) for need in wanted if isinstance(need, WIDE)]
    known = replace(known, **_merged(wide, known))
    wanted = tuple(need for need in wanted if not isinstance(need, (*OURS, *WIDE)))
    repo = _repository(event, case)
    if repo is not None and any(isinstance(need, Blueprints) for need in needs):
        known = replace(known, took=await hands.store.took_lately(repo.installation))
    if isinstance(event, CheckRequested | InstallationChanged | RepositoryChanged):
        # What was not there a moment ago may be there now, and somebody wants to know.
        hands.github.look_anew(
            event.installation if isinstance(event, InstallationChanged) else event.repo.installation
        )
    if repo is None or (not wanted and isinstance(event, OF_OURSELVES)):
        return known
    bot, login = await hands.github.bot_user(repo)
    known = replace(known, bot=bot, bot_login=login)
    resting = [need for need in wanted if isinstance(need, operations.RESTING_ON_THEM)]
    place: Knowledge
    place, answers = await asyncio.gather(
        operations.load(known, wanted, repo, hands),
        _answers([need for need in wanted if need not in resting], repo, known, hands),
    )
    if Owners() in wanted and operations.asks_owners(place):
        place = replace(place, owners=await owners.owners(repo, hands))
    answers += await _answers(resting, repo, place, hands)
    return replace(place, **_merged(answers, place))


OURS = (Blobs, Blueprints, History, Ledgers, CasesOf, OpenedLately)
"""Needs that the store or the installed packages answer: nobody is asked over the network."""


WIDE = (Around, MissedDeliveries, OpenCases, Unheard)
"""Needs that are about more than one repository: the App is asked, whether or not there is a case."""


OF_OURSELVES = (
    Told,
    TimerDue,
    ClaimReceived,
    JournalReceived,
    DoneReceived,
    RepositoryChanged,
    InstallationChanged,
    RightsChanged,
)
"""Events whose deciding does not ask who the bot is: where GitHub lets us read nothing they are handled too."""


async def _wide(need: Need, hands: Hands) -> dict[str, Any]:
    match need:
        case Around():
            return {"around": await around.around(need, hands)}
        case MissedDeliveries():
            return {"deliveries": await deliveries.delivery_log(need, hands)}
        case OpenCases(after):
            return {"open_cases": await looking.open_cases(after, hands)}
        case Unheard(after):
            return {"unheard": await looking.unheard(after, hands)}
        case _:
            raise AssertionError(f"{need} is not in WIDE")


async def _ours(need: Need, known: Knowledge, hands: Hands) -> dict[str, Any]:
    store = hands.store
    match need:
        case Blobs(digests):
            found = {digest: await store.blob(digest) for digest in digests}
            return {"blobs": {digest: data for digest, data in found.items() if data is not None}}
        case History():
            return {"lines": tuple(await store.lines(known.case.key)) if known.case else ()}
        case Ledgers(keys):
            return {"ledgers": {key: tuple(await store.lines(key)) for key in keys}}
        case OpenedLately(repository):
            return {"opened": await store.opened_lately(repository)}
        case CasesOf(repositories, installation):
            return {"cases": await store.cases_of(repositories, installation)}
        case _:
            return blueprints.all_of_them()


async def _answers(needs: Iterable[Need], repo: Repo, known: Knowledge, hands: Hands) -> list[dict[str, Any]]:
    return await asyncio.gather(*(_answer(need, repo, known, hands) for need in needs))


def _repository(event: Event, case: Case | None) -> Repo | None:
    if case is not None:
        return case.repo
    return getattr(event, "repo", None)


def _merged(answers: Iterable[dict[str, Any]], known: Knowledge) -> dict[str, Any]:
    """The answers as fields of Knowledge; roles and teams of several accounts are put together."""
    fields: dict[str, Any] = {"roles": dict(known.roles), "teams": dict(known.teams)}
    for answer in answers:
        for name, value in answer.items():
            if name in ("roles", "teams"):
                fields[name] |= value
            else:
                fields[name] = value
    return fields


async def _answer(  # noqa: C901 - one case per need
    need: Need, repo: Repo, known: Knowledge, hands: Hands
) -> dict[str, Any]:
    github = hands.github
    match need:
        case Permission(user, login):
            return {"roles": {user: await github.role(repo, login, user)}}
        case TeamsOf(user, login):
            slugs = operations.teams_asked_for(known)
            return {"teams": {user: await github.teams_of(repo, login, slugs)}}
        case Head():
            return {"head": (await github.repository(repo)).head or None}
        case IssueNow(number):
            return {"issue": await github.issue(repo, number)}
        case PullNow(number):
            return {"pull": await github.pull_now(repo, number)}
        case RunNow(run_id):
            return {"run": await runs.run(known, run_id, hands)}
        case JobNow(run_id, check_run_id):
            return {"job": await runs.job(known, run_id, check_run_id, hands)}
        case ArtifactNow():
            return {"artifact": await runs.artifact(known, need, hands)}
        case ProposedPolicy():
            return {"proposal": await proposed.proposal(need, repo, hands)}
        case ProposedTemplates():
            return {"templates_proposed": await proposed_templates.touched(need, repo, hands)}
        case CheckFiles():
            return {"check_files": await checked.digests(repo, known, hands)}
        case OwnTemplates():
            return {"own_templates": await own_templates.all_of(repo, known, hands)}
        case Words(sources):
            return {"words": await words.as_they_are(sources, repo, known, hands)}
        case PolicyFile() | WorkflowFile() | Owners():
            return {}  # these were answered before
        case Blobs() | Blueprints() | History() | Ledgers() | CasesOf() | OpenedLately():
            return {}  # and these by `_ours`
        case Around() | MissedDeliveries() | OpenCases() | Unheard():
            return {}  # and these by `_wide`
        case _:
            assert_never(need)

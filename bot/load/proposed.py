"""A proposed policy: the pull request's files at its head, what is in force now, and the plans that rest on it.

The head may be a stranger's. It is read by its commit, which the repository knows as `refs/pull/<number>/head`,
with a token that may read; nothing of it is run, and nothing is written but the check run (T5).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from bot.domain.codeowners import PLACES
from bot.domain.defaults import REPOSITORY, PolicyText
from bot.domain.faults import Fault
from bot.domain.fold import fold, needed_blobs
from bot.domain.lifecycle import Phase
from bot.domain.people import Repo
from bot.domain.policy import PATH, Policy
from bot.domain.proposed import OpenPlan, Proposal, ProposedPolicy, Texts, changed_products, worth_reading
from bot.domain.rules import Workflow
from bot.domain.workflow_check import Bot
from bot.errors import GitHubError
from bot.load import operations
from bot.ports import Hands

MOST_FILES = 3_000
"""GitHub lists no more files of a pull request: beyond that it is taken to touch the policy."""
MOST_PRODUCTS, MOST_CASES = 20, 300
"""How many products and capabilities are looked at for plans that the change would make stale."""
OPEN = frozenset({Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED, Phase.HELD, Phase.WAITING})
"""Phases in which a plan may still be approved or carried out."""


async def proposal(need: ProposedPolicy, repo: Repo, hands: Hands) -> Proposal | None:
    """What the pull request does to the policy; None where the repository holds none, or it is not touched."""
    name, ours = repo.name.partition("/")[2].lower(), hands.settings["operations"].lower()
    if name not in {ours, REPOSITORY}:
        return None
    holds = "policy" if name == ours else "defaults"
    touched = await hands.github.pull_files(repo, need.number)
    if len(touched) >= MOST_FILES:
        touched = (*touched, PATH)
    if not worth_reading(touched, holds):
        return None
    reader = _Reader(need, repo, hands, touched)
    found = await (reader.policy() if holds == "policy" else reader.defaults())
    found = replace(found, faults=tuple(reader.faults), has_mail=hands.outgoing.mail is not None)
    return await _with_plans(found, hands)


@dataclass
class _Reader:
    """Reads texts, and keeps what is wrong with those that nobody can read."""

    need: ProposedPolicy
    repo: Repo
    hands: Hands
    touched: tuple[str, ...]
    faults: list[Fault] = field(default_factory=list)

    async def policy(self) -> Proposal:
        """The pull request is in the operations repository."""
        now = await self.hands.github.repository(self.repo)
        below = await operations.defaults(now.repo, self.hands)
        before = Texts(await self._text(now.repo, PATH, now.head), below)
        after = Texts(await self._text(now.repo, PATH, self.need.head), below)
        owners = [path for path in PLACES if path in self.touched]
        texts = [(path, await self._text(now.repo, path, self.need.head)) for path in owners]
        return replace(
            self._proposal("policy", now.repo.name, before, after),
            workflow=await self._text(now.repo, _workflow_path(after), self.need.head),
            codeowners=tuple((path, text) for path, text in texts if text is not None),
        )

    async def defaults(self) -> Proposal:
        """The pull request is in the repository of the organisation's defaults."""
        repo, name = self.repo, f"{self.repo.owner}/{self.hands.settings['operations']}"
        then = await self._text(repo, PATH, self.need.head)
        below = PolicyText(then, operations.named(repo.owner)) if then is not None else None
        now = await self.hands.github.find_repository(repo.installation, name)
        if now is None:
            return self._proposal("defaults", "", Texts(None), Texts(None, below))
        own = await self._text(now.repo, PATH, now.head)
        after = Texts(own, below)
        return replace(
            self._proposal("defaults", now.repo.name, Texts(own, await self._in_force(now.repo)), after),
            workflow=await self._text(now.repo, _workflow_path(after), now.head),
        )

    async def _in_force(self, repo: Repo) -> PolicyText | None:
        return await operations.defaults(repo, self.hands)

    def _proposal(self, holds: Any, ops: str, before: Texts, after: Texts) -> Proposal:
        need = self.need
        return Proposal(
            need.number, need.head, self.repo, holds, ops, self.touched, before, after, bot(self.hands)
        )

    async def _text(self, repo: Repo, path: str, commit: str) -> str | None:
        try:
            found = await self.hands.github.file(repo, path, commit)
        except GitHubError as error:
            if error.status != 413:
                raise
            here = path if repo.id == self.repo.id else f"{repo.name}:{path}"
            self.faults.append(Fault("", "is larger than 3 MB", "shorten it", None, here))
            return None
        return operations.text_of(found) if found is not None else None


def bot(hands: Hands) -> Bot:
    """What of this bot a workflow depends on."""
    published: Any = hands.keys.published()["keys"]
    keys = {str(key["keyid"]): str(key["state"]) for key in published}
    template = (files("templates") / "workflow" / "millwright.yml.in").read_text("utf-8")
    return Bot(hands.settings["url"], keys, template)


def _workflow_path(texts: Texts) -> str:
    read = texts.read()
    return read.workflow.path if isinstance(read, Policy) else Workflow().path


async def _with_plans(found: Proposal, hands: Hands) -> Proposal:
    """With the open plans of the products whose rules would change."""
    before, after = found.before.read(), found.after.read()
    if not isinstance(before, Policy) or not isinstance(after, Policy):
        return found
    products = list(changed_products(before, after))
    ids = []
    for product in products[:MOST_PRODUCTS]:
        facts = await hands.github.find_repository(found.repo.installation, product.repository)
        ids += [facts.repo.id] if facts is not None else []
    keys = await hands.store.cases_of(tuple(ids))
    plans = [await _open_plan(key, hands) for key in keys[:MOST_CASES]]
    is_whole = len(products) <= MOST_PRODUCTS and len(keys) <= MOST_CASES
    return replace(found, plans=tuple(plan for plan in plans if plan is not None), is_whole=is_whole)


async def _open_plan(key: str, hands: Hands) -> OpenPlan | None:
    lines = await hands.store.lines(key)
    blobs = {digest: await hands.store.blob(digest) for digest in needed_blobs(lines)}
    case = fold(key, lines, blobs.get)
    if case is None or case.plan is None or case.phase not in OPEN:
        return None
    plan = case.plan
    return OpenPlan(case.repo.name, case.number, plan.display_id, plan.risk.level, plan.policy)

"""Which templates of an organisation's own a pull request touches; their files are read when they are tried."""

from __future__ import annotations

from bot.domain.people import Repo
from bot.domain.template_words import MOST, ProposedTemplates, TemplateProposal, folders_in
from bot.ports import Hands


async def touched(need: ProposedTemplates, repo: Repo, hands: Hands) -> TemplateProposal | None:
    """The folders that it touches; None where there are none, or the pull request is gone."""
    folders = folders_in(await hands.github.pull_files(repo, need.number))
    pull = await hands.github.pull_now(repo, need.number) if folders else None
    if pull is None:
        return None
    more = max(0, len(folders) - MOST)
    return TemplateProposal(need.number, need.head, repo, folders[:MOST], more, pull.fork)

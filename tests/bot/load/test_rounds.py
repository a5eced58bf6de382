"""A round goes on past a repository, or a whole installation, that GitHub will not show now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.domain.looking import FoundIssue
from bot.domain.people import Actor, Repo
from bot.errors import GitHubBusy
from bot.load.looking import unheard
from bot.ports import GitHub, Hands
from bot.store.connect import open_database
from tests.bot.standin import hands_for, now

LIMITED, OPEN = 1, 2


class Limited:
    """GitHub as one installation meets it that has used up its hour, beside one that has not."""

    def __init__(self, *, lists: bool) -> None:
        self.lists = lists

    async def installations(self) -> tuple[int, ...]:
        return (LIMITED, OPEN)

    async def reached(self, installation: int) -> tuple[Repo, ...]:
        if installation == LIMITED and not self.lists:
            raise GitHubBusy("the hour is used up", status=403, retry_after=3_000)
        return (Repo(installation * 10, f"firm{installation}/www", installation),)

    async def labelled(self, repo: Repo, label: str) -> Sequence[FoundIssue]:
        if repo.installation == LIMITED:
            raise GitHubBusy("the hour is used up", status=403, retry_after=3_000)
        return (issue(repo),) if label.endswith(":business") else ()


def issue(repo: Repo) -> FoundIssue:
    return FoundIssue(repo, "I_9", 9, "Website", Actor(11, "anna", "User"), ("capability:business",))


@pytest.mark.parametrize("lists", [True, False])
async def test_a_limited_installation_keeps_nobody_else_from_being_looked_at(lists: bool, tmp_path: Path) -> None:
    store = open_database(f"sqlite:///{tmp_path}/bot.db", now, "bot")
    try:
        hands: Hands = replace(hands_for(store, []), github=cast(GitHub, Limited(lists=lists)))
        found = await unheard("", hands)
    finally:
        await store.close()
    assert [one.repo.installation for one in found.issues] == [OPEN]
    assert found.after == ""

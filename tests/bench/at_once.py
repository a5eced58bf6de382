"""A GitHub that answers at once from memory: what is left is what the bot itself takes.

Everything asked for is there, every write succeeds, nothing is checked: it is a peer to measure against, no test.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, cast

from bot.domain.facts import IssueFacts
from bot.domain.people import Repo, Role
from bot.domain.workflow import PATH as WORKFLOW
from bot.ports import BlobFile, CheckText, GitHub, Pull, RepoFacts, Started
from tests.bot.domain.acme import POLICY, example

HEAD = "a" * 40
ANNA = 11
BODY = f"Our new website, please.\n\n```yaml\n{example()}\n```\n"
OPERATIONS = 102


class AtOnce:
    """As much of `bot.ports.GitHub` as planning, talking and previewing ask for."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1_000)
        workflow = (files("templates") / "workflow" / "millwright.yml.in").read_bytes()
        self._files = {".github/millwright.yml": POLICY.encode(), WORKFLOW: workflow}

    async def repository(self, repo: Repo) -> RepoFacts:
        return RepoFacts(repo, HEAD)

    async def repository_state(self, repo: Repo) -> str:
        return "here"

    async def installation_state(self, installation: int) -> str:
        return "here"

    async def find_repository(self, installation: int, name: str) -> RepoFacts | None:
        number = OPERATIONS if name.endswith("millwright-ops") else 101
        return RepoFacts(Repo(number, name, installation), HEAD)

    async def role(self, repo: Repo, login: str, user: int) -> Role:
        return Role.WRITE

    async def teams_of(self, repo: Repo, login: str, slugs: Sequence[str]) -> tuple[str, ...]:
        return ()

    async def file(self, repo: Repo, path: str, ref: str) -> BlobFile | None:
        data = self._files.get(path) if repo.id == OPERATIONS else None
        return None if data is None else BlobFile(data, HEAD)

    async def file_in(self, installation: int, name: str, path: str) -> BlobFile | None:
        return None

    async def issue(self, repo: Repo, number: int) -> IssueFacts | None:
        return IssueFacts("A website", BODY, ("capability:business",), open=True, author=ANNA)

    async def create_comment(self, repo: Repo, number: int, body: str, **_: object) -> int:
        return next(self._numbers)

    async def put_branch(self, repo: Repo, branch: str, files: Mapping[str, bytes], message: str) -> str:
        return HEAD

    async def open_pull(self, repo: Repo, branch: str, title: str, body: str) -> Pull:
        number = next(self._numbers)
        return Pull(number, HEAD, f"https://github.com/acme/website/pull/{number}")

    async def put_check(self, repo: Repo, head: str, text: CheckText, known: int | None) -> int:
        return known or next(self._numbers)

    async def dispatch(self, repo: Repo, path: str, ref: str, inputs: Mapping[str, str]) -> Started | None:
        number = next(self._numbers)
        return Started(number, f"https://github.com/acme/millwright-ops/actions/runs/{number}")

    async def deployment(self, repo: Repo, ref: str, environment: str, payload: str) -> int:
        return next(self._numbers)

    async def put_anchor(self, repo: Repo, new: object) -> str:
        return HEAD

    async def bot_user(self, repo: Repo) -> tuple[int, str]:
        return 900, "millwright[bot]"

    def __getattr__(self, name: str) -> Any:
        """Whatever is asked for besides finds nothing, and whatever is changed besides is done."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _nothing


async def _nothing(*_: object, **__: object) -> None:
    return None


def github() -> GitHub:
    """It, as the flow sees it."""
    return cast(GitHub, AtOnce())

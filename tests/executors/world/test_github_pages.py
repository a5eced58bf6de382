"""A Pages branch through GitHub's API: what is never overwritten, and what is asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from executors.errors import WorldError
from executors.parts.git_tree import git_tree
from executors.parts.pages import published
from executors.protocol.site import PagesBranch, PushPages
from executors.world.github_pages import Pages
from tests.executors.legs import answering

SITE = {"index.html": b"<p>hello</p>"}


@contextmanager
def github(default: str, asked: list[str]) -> Iterator[str]:
    """The API of a repository with that default branch, in which there is no other."""

    def reply(method: str, path: str, _headers: object, _body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked.append(f"{method} {path}")
        found = {"name": "website", "default_branch": default} if path == "/repos/acme/website" else None
        body = json.dumps(found or {"message": "Not Found"}).encode()
        return (200 if found else 404), {"Content-Type": "application/json"}, body

    with answering(reply) as url:
        yield url.rstrip("/")


def pages(url: str, branch: str) -> Pages:
    return Pages(PagesBranch(repository="acme/website", branch=branch), url, lambda: "app-token")


def test_the_default_branch_is_refused_before_anything_is_stored() -> None:
    asked: list[str] = []
    with github("main", asked) as url:
        hands = pages(url, "main")
        push = PushPages(
            at=hands.at, source={"step": "website"}, tree="0" * 64, git_tree=git_tree(published(SITE, None))
        )
        with pytest.raises(WorldError, match="is the repository's default branch") as told:
            hands.look()
        assert told.value.again is False
        with pytest.raises(WorldError, match="name a branch for the site alone"):
            hands.apply(push, lambda _: SITE, "case/leg")
    assert asked == ["GET /repos/acme/website"] * 2


def test_a_branch_of_its_own_is_looked_at() -> None:
    asked: list[str] = []
    with github("main", asked) as url:
        assert pages(url, "gh-pages").look().commit is None
    assert asked[-1] == "GET /repos/acme/website/git/ref/heads/gh-pages"

"""Evidence packs as assets of a release in the product repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.adapters.github.session import FAULTS, Session
from bot.adapters.github.tokens import Scope, scope
from bot.adapters.github.translation import refusal
from bot.domain.people import Repo
from bot.errors import GitHubError
from bot.ports import Asset


def releasing(repo: Repo) -> Scope:
    """What publishing a release asset takes."""
    return scope(repo, contents="write", metadata="read")


async def publish(session: Session, repo: Repo, tag: str, name: str, data: bytes) -> Asset:
    """The asset `name` of release `tag`; both are found before they are made.

    Raises GitHubError when another asset of that name is there: an evidence pack is never replaced.
    """
    release = await session.get(releasing(repo), f"/repos/{repo.name}/releases/tags/{tag}")
    if release is None:
        release = await session.post(
            releasing(repo),
            f"/repos/{repo.name}/releases",
            {"tag_name": tag, "name": tag, "prerelease": True, "make_latest": "false"},
        )
    there = _published(release, tag, name, data)
    if there is not None:
        return there
    try:
        made = await _upload(session, repo, release["upload_url"].partition("{")[0], name, data)
    except GitHubError as error:
        if error.status != 422:
            raise
        # An upload whose answer was lost: GitHub has the asset, we had not seen it.
        again = await session.get(releasing(repo), f"/repos/{repo.name}/releases/tags/{tag}")
        there = _published(again or {"assets": ()}, tag, name, data)
        if there is None:
            raise
        return there
    return Asset(made["id"], made["browser_download_url"])


def _published(release: Mapping[str, Any], tag: str, name: str, data: bytes) -> Asset | None:
    """The asset of that name, if it holds these very bytes; GitHubError 409 where it holds others."""
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    for asset in release["assets"]:
        if asset["name"] == name:
            if asset.get("digest") not in (None, digest) or asset["size"] != len(data):
                raise GitHubError(f"release {tag} already has another {name}", status=409)
            return Asset(asset["id"], asset["browser_download_url"])
    return None


async def _upload(session: Session, repo: Repo, url: str, name: str, data: bytes) -> dict[str, Any]:
    token, doing = await session.token(releasing(repo)), f"uploading {name}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    try:
        async with (
            session.turn(releasing(repo), "POST", url),
            session.http.post(url, params={"name": name}, data=data, headers=headers) as answer,
        ):
            refused = refusal(answer.status, answer.headers, await answer.read(), doing, session.clock())
            if refused is not None:
                raise session.scaled(refused)
            made: dict[str, Any] = await answer.json()
            return made
    except FAULTS as error:
        raise session.refused(error, doing) from error

"""Evidence packs as assets of a release in the product repository."""

from __future__ import annotations

import hashlib
from typing import Any

import aiohttp

from bot.adapters.github.session import Scope, Session, scope, translated
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
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    for asset in release["assets"]:
        if asset["name"] == name:
            if asset.get("digest") not in (None, digest) or asset["size"] != len(data):
                raise GitHubError(f"release {tag} already has another {name}", status=409)
            return Asset(asset["id"], asset["browser_download_url"])
    made = await _upload(session, repo, release["upload_url"].partition("{")[0], name, data)
    return Asset(made["id"], made["browser_download_url"])


async def _upload(session: Session, repo: Repo, url: str, name: str, data: bytes) -> dict[str, Any]:
    token = await session.token(releasing(repo))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    try:
        async with session.http.post(url, params={"name": name}, data=data, headers=headers) as answer:
            if answer.status != 201:
                raise GitHubError(f"uploading {name}: {answer.status}", status=answer.status)
            made: dict[str, Any] = await answer.json()
            return made
    except (aiohttp.ClientError, TimeoutError) as error:
        raise translated(error, f"uploading {name}") from error

"""Anchors: refs of our own in the git database, neither branches nor tags, so no workflow and no webhook starts.

Refs are found by `matching-refs`, which alone is described as answering for "anything in the namespace".
Source: https://docs.github.com/en/rest/git/refs#list-matching-references
"""

from __future__ import annotations

import base64

from bot.adapters.github.pulls import pushing
from bot.adapters.github.repos import reading
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from bot.ports import AnchorNow, NewAnchor


async def anchor_refs(session: Session, repo: Repo, ref: str) -> dict[str, str]:
    """The refs whose full names begin with `ref`, and their commits."""
    url = f"/repos/{repo.name}/git/matching-refs/{ref.removeprefix('refs/')}"
    found = {}
    async for one in session.items(reading(repo), url):
        if one["object"]["type"] == "commit":
            found[str(one["ref"])] = str(one["object"]["sha"])
    return found


async def anchor_now(session: Session, repo: Repo, ref: str) -> AnchorNow | None:
    """What the ref holds; None where it is not there."""
    commit = (await anchor_refs(session, repo, ref)).get(ref)
    return None if commit is None else await anchor_at(session, repo, commit)


async def anchor_at(session: Session, repo: Repo, commit: str) -> AnchorNow:
    """What a commit holds: its tree, and the names of its files."""
    url = f"/repos/{repo.name}/git"
    found = await session.get(reading(repo), f"{url}/commits/{commit}")
    tree = await session.get(reading(repo), f"{url}/trees/{found['tree']['sha']}{{?recursive}}", recursive="1")
    files = {entry["path"]: entry["sha"] for entry in tree["tree"] if entry["type"] == "blob"}
    return AnchorNow(commit, str(found["tree"]["sha"]), files, complete=not tree["truncated"])


async def anchor_file(session: Session, repo: Repo, sha: str) -> bytes:
    """The bytes of a file; GitHub gives up to 100 MB."""
    found = await session.get(reading(repo), f"/repos/{repo.name}/git/blobs/{sha}")
    return base64.b64decode(found["content"])


async def put_anchor(session: Session, repo: Repo, new: NewAnchor) -> str:
    """The commit, in three writes: a tree with the files' text in it, the commit, the ref."""
    url = f"/repos/{repo.name}/git"
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": data.decode()}
        for path, data in sorted(new.files.items())
    ]
    base = {"base_tree": new.base} if new.base else {}
    tree = await session.post(pushing(repo), f"{url}/trees", {**base, "tree": entries})
    parents = [new.parent] if new.parent else []
    what = {"message": new.message, "tree": tree["sha"], "parents": parents}
    sha = str((await session.post(pushing(repo), f"{url}/commits", what))["sha"])
    if new.is_there:
        moved = {"sha": sha, "force": not parents}
        await session.patch(pushing(repo), f"{url}/refs/{new.ref.removeprefix('refs/')}", moved)
    else:
        await session.post(pushing(repo), f"{url}/refs", {"ref": new.ref, "sha": sha})
    return sha

"""Repositories, people and files, as GitHub has them now."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.github.session import Session
from bot.adapters.github.tokens import Scope, scope
from bot.domain.people import Repo, Role
from bot.errors import GitHubBusy, GitHubError, GitHubGone
from bot.ports import BlobFile, RepoFacts


def reading(repo: Repo) -> Scope:
    """What looking at a repository takes."""
    return scope(repo, contents="read", metadata="read")


async def repository(session: Session, repo: Repo) -> RepoFacts:
    """The repository and the commit of its default branch (GET /repos/{owner}/{repo}, …/branches/{branch})."""
    found = await find(session, repo.installation, repo.name, repo.id)
    return found or RepoFacts(repo, "")


async def installation_state(session: Session, installation: int) -> str:
    """`here`, `suspended` or `gone` (GET /app/installations/{id}, as the App itself)."""
    try:
        found = await session.as_app("/app/installations/{id}", id=installation)
    except GitHubGone:
        return "gone"
    return "suspended" if found.get("suspended_at") else "here"


async def repository_state(session: Session, repo: Repo) -> str:
    """`here`, `archived`, or `gone` where none of that id may be read (GET /repos/{owner}/{repo})."""
    try:
        # What everybody may read is read with any token: only a fresh one tells whether the App still covers it.
        await session.mint(repo.installation, [repo.id], {"metadata": "read"})
        found = await session.get(reading(repo), f"/repos/{repo.name}")
    except GitHubBusy:
        raise
    except GitHubError:  # no token is made for what the installation does not cover, or while it is suspended
        return "gone"
    if found is None or found["id"] != repo.id:
        return "gone"
    return "archived" if found["archived"] else "here"


async def find(session: Session, installation: int, name: str, known: int = 0) -> RepoFacts | None:
    """The repository of that name, None where the App does not see it."""
    asking = reading(Repo(id=known, name=name, installation=installation))
    try:
        facts = await session.get(asking, f"/repos/{name}")
    except GitHubError as error:
        if known or error.status != 422:  # no token is made for a name that the installation does not cover
            raise
        return None
    if facts is None:
        return None
    repo = Repo(facts["id"], facts["full_name"], installation, facts["private"], facts["default_branch"])
    session.found(asking, reading(repo))
    branch = await session.get(asking, f"/repos/{name}/git/ref/heads/{repo.default_branch}")
    return RepoFacts(repo, branch["object"]["sha"] if branch else "")


async def role(session: Session, repo: Repo, login: str, user: int) -> Role:
    """The live role of an account; NONE for a stranger, or when the login is somebody else's by now (T2, T3)."""
    answer = await session.get(
        scope(repo, metadata="read"), f"/repos/{repo.name}/collaborators/{{login}}/permission", login=login
    )
    if answer is None or not answer.get("user") or answer["user"]["id"] != user:
        return Role.NONE
    return Role.parse(answer.get("role_name") or answer["permission"])


async def teams_of(session: Session, repo: Repo, login: str, slugs: Sequence[str]) -> tuple[str, ...]:
    """Those of the organisation's teams that the account is an active member of."""
    found = []
    for slug in slugs:
        answer = await session.get(
            scope(repo, members="read"),
            "/orgs/{org}/teams/{slug}/memberships/{login}",
            org=repo.owner,
            slug=slug,
            login=login,
        )
        if answer and answer.get("state") == "active":
            found.append(slug)
    return tuple(found)


LARGEST = 3 << 20
"""Bytes of a file that is read at all: GitHub takes no larger CODEOWNERS."""


async def file(session: Session, repo: Repo, path: str, ref: str) -> BlobFile | None:
    """One file at a ref, the default branch where that is "", None where there is none or a folder.

    Raises GitHubError with status 413 for more than 3 MB. GitHub leaves the content out above 1 MB; as a blob it
    has it still. Source: https://docs.github.com/en/rest/repos/contents#get-repository-content
    """
    where = f"/repos/{repo.name}"
    at = {"ref": ref} if ref else {}
    answer = await session.get(reading(repo), f"{where}/contents/{path}{{?ref}}", **at)
    if not isinstance(answer, Mapping) or answer.get("type", "file") != "file":
        return None
    if answer["size"] > LARGEST:
        raise GitHubError(f"{path} of {repo.name} is larger than 3 MB", status=413)
    if answer.get("encoding") != "base64":
        answer = await session.get(reading(repo), f"{where}/git/blobs/{answer['sha']}")
    return BlobFile(base64.b64decode(answer["content"]), answer["sha"])


async def folder(session: Session, repo: Repo, path: str, ref: str) -> dict[str, bytes]:
    """The files in a folder and below it, three folders deep: path in it → bytes; empty where it is no folder.

    Links are left out. Raises GitHubError with status 413 for more than 60 files, and for one of more than 200 KB.
    Source: https://docs.github.com/en/rest/repos/contents#get-repository-content
    """
    listed: list[Mapping[str, Any]] = []
    folders = [path]
    for _ in range(DEEPEST):
        inside: list[Mapping[str, Any]] = []
        for place in folders:
            answer = await session.get(reading(repo), f"/repos/{repo.name}/contents/{place}{{?ref}}", ref=ref)
            inside += answer if isinstance(answer, list) else []
        listed += [one for one in inside if one["type"] == "file"]
        folders = [str(one["path"]) for one in inside if one["type"] == "dir"]
        if len(listed) + len(folders) > MOST_FILES:
            raise GitHubError(f"{path} of {repo.name} holds more than {MOST_FILES} files", status=413)
    if large := next((one for one in listed if one["size"] > LARGEST_IN_FOLDER), None):
        raise GitHubError(f"{large['path']} of {repo.name} is larger than {LARGEST_IN_FOLDER} bytes", status=413)
    found = {str(one["path"]): await file(session, repo, str(one["path"]), ref) for one in listed}
    return {name.removeprefix(f"{path}/"): one.data for name, one in sorted(found.items()) if one is not None}


DEEPEST, MOST_FILES, LARGEST_IN_FOLDER = 3, 60, 200_000
"""How far `folder` reads: folders in folders, files, bytes of each."""


async def file_in(session: Session, installation: int, name: str, path: str) -> BlobFile | None:
    """One file of the default branch of the repository `name`, None where the App does not see that repository."""
    try:
        return await file(session, Repo(0, name, installation), path, "")
    except GitHubError as error:
        if error.status != 422:  # no token is made for a name that the installation does not cover
            raise
        return None

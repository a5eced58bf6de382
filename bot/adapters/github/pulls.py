"""The plan pull request: a branch made through the git database, found again before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.github.issues import digest_of
from bot.adapters.github.repos import reading
from bot.adapters.github.session import Session
from bot.adapters.github.tokens import Scope, scope
from bot.domain.facts import WordsNow
from bot.domain.people import Repo
from bot.ports import Pull


def pushing(repo: Repo) -> Scope:
    """What making a branch takes."""
    return scope(repo, contents="write", metadata="read")


def proposing(repo: Repo) -> Scope:
    """What a pull request takes."""
    return scope(repo, contents="read", metadata="read", pull_requests="write")


async def put_branch(session: Session, repo: Repo, branch: str, files: Mapping[str, bytes], message: str) -> str:
    """The head commit of `branch`, which holds the default branch's tree and `files`; made once per message."""
    url = f"/repos/{repo.name}/git"
    old = await session.get(reading(repo), f"{url}/ref/heads/{branch}")
    if old is not None:
        commit = await session.get(reading(repo), f"{url}/commits/{old['object']['sha']}")
        if commit and commit["message"] == message:
            return str(old["object"]["sha"])
    base = await session.get(reading(repo), f"{url}/ref/heads/{repo.default_branch}")
    parent = await session.get(reading(repo), f"{url}/commits/{base['object']['sha']}")
    tree = await session.post(pushing(repo), f"{url}/trees", _tree(parent["tree"]["sha"], files))
    commit = await session.post(
        pushing(repo),
        f"{url}/commits",
        {"message": message, "tree": tree["sha"], "parents": [base["object"]["sha"]]},
    )
    sha = str(commit["sha"])
    if old is None:
        await session.post(pushing(repo), f"{url}/refs", {"ref": f"refs/heads/{branch}", "sha": sha})
    else:
        await session.patch(pushing(repo), f"{url}/refs/heads/{branch}", {"sha": sha, "force": True})
    return sha


def _tree(base: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": data.decode()}
        for path, data in sorted(files.items())
    ]
    return {"base_tree": base, "tree": entries}


async def open_pull(session: Session, repo: Repo, branch: str, title: str, body: str) -> Pull:
    """The open pull request of `branch`, made or brought up to date."""
    url = f"/repos/{repo.name}/pulls"
    async for pull in session.items(
        proposing(repo), f"{url}{{?head,state}}", head=f"{repo.owner}:{branch}", state="open"
    ):
        await session.patch(proposing(repo), f"{url}/{pull['number']}", {"title": title, "body": body})
        return Pull(pull["number"], pull["head"]["sha"], pull["html_url"])
    wanted = {"title": title, "body": body, "head": branch, "base": repo.default_branch}
    made = await session.post(proposing(repo), url, wanted)
    return Pull(made["number"], made["head"]["sha"], made["html_url"])


async def pull_files(session: Session, repo: Repo, number: int) -> tuple[str, ...]:
    """The paths that a pull request touches, the old names of moved files too; GitHub lists 3,000 files at most.

    Source: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
    """
    looking = scope(repo, metadata="read", pull_requests="read")
    url = f"/repos/{repo.name}/pulls/{number}/files{{?per_page}}"
    found: list[str] = []
    async for file in session.items(looking, url, per_page="100"):
        found += [file["filename"], *([file["previous_filename"]] if file.get("previous_filename") else [])]
    return tuple(found)


async def review(session: Session, repo: Repo, pull: int, review_id: int) -> WordsNow | None:
    """A review as it stands now; None where it is gone (GET …/pulls/{n}/reviews/{id})."""
    found = await session.get(proposing(repo), f"/repos/{repo.name}/pulls/{pull}/reviews/{review_id}")
    if found is None or not found.get("user"):
        return None
    return WordsNow(
        author=found["user"]["id"],
        sha256=digest_of(found["body"] or ""),
        state=str(found["state"]).lower(),
        commit=str(found.get("commit_id") or ""),
    )


async def close_pull(session: Session, repo: Repo, number: int) -> None:
    """Closes it; the branch stays, for the record."""
    await session.patch(proposing(repo), f"/repos/{repo.name}/pulls/{number}", {"state": "closed"})

"""Commits, trees and files, as GitHub shows them."""

from __future__ import annotations

import base64
from urllib.parse import quote

from bot.sandbox.answers import Json
from bot.sandbox.diff import changed_paths
from bot.sandbox.git import EMPTY_TREE, Commit, Entry, Git, Person
from bot.sandbox.shapes.accounts import user
from bot.sandbox.shapes.repository import api, page
from bot.sandbox.state import Account, Repository, World, node_id

UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def noreply(account: Account) -> str:
    """The address that stands in commits made for an account."""
    return account.email or f"{account.id}+{account.login}@users.noreply.github.com"


def account_of(world: World, email: str) -> Account | None:
    """The account a commit's e-mail address belongs to."""
    return next((a for a in world.accounts.values() if email in (noreply(a), a.email)), None)


def git_commit(world: World, repository: Repository, one: Commit) -> Json:
    """A commit of the git database."""
    root, home = api(world, repository), page(world, repository)
    return {
        "sha": one.sha, "node_id": node_id("C", int(one.sha[:10], 16)), "url": f"{root}/git/commits/{one.sha}",
        "html_url": f"{home}/commit/{one.sha}", "author": _person(one.author), "committer": _person(one.committer),
        "tree": {"sha": one.tree, "url": f"{root}/git/trees/{one.tree}"}, "message": one.message,
        "parents": [_parent(root, home, sha, "git/commits") for sha in one.parents],
        "verification": dict(UNSIGNED),
    }  # fmt: skip


def commit(world: World, repository: Repository, one: Commit) -> Json:
    """A commit of `GET …/commits`."""
    root, home = api(world, repository), page(world, repository)
    url = f"{root}/commits/{one.sha}"
    inner = {
        "author": _person(one.author), "committer": _person(one.committer), "message": one.message,
        "tree": {"sha": one.tree, "url": f"{root}/git/trees/{one.tree}"},
        "url": f"{root}/git/commits/{one.sha}", "comment_count": 0, "verification": dict(UNSIGNED),
    }  # fmt: skip
    people = [account_of(world, who.email) for who in (one.author, one.committer)]
    shown = [user(world, who.id) if who else None for who in people]
    return {
        "sha": one.sha, "node_id": node_id("C", int(one.sha[:10], 16)), "commit": inner, "url": url,
        "html_url": f"{home}/commit/{one.sha}", "comments_url": f"{url}/comments", "author": shown[0],
        "committer": shown[1], "parents": [_parent(root, home, sha, "commits") for sha in one.parents],
    }  # fmt: skip


async def in_push(world: World, repository: Repository, git: Git, one: Commit) -> Json:
    """A commit as `push` tells of it, with the names of its files."""
    files = await changed_paths(git, one.parents[0] if one.parents else EMPTY_TREE, one.sha)
    who = [
        {"name": p.name, "email": p.email, "date": p.date} | _username(world, p.email)
        for p in (one.author, one.committer)
    ]
    return {
        "id": one.sha, "tree_id": one.tree, "distinct": True, "message": one.message,
        "timestamp": one.committer.date,
        "url": f"{page(world, repository)}/commit/{one.sha}", "author": who[0], "committer": who[1],
        "added": _paths(files, "A"), "removed": _paths(files, "D"), "modified": _paths(files, "MT"),
    }  # fmt: skip


def content(world: World, repository: Repository, ref: str, entry: Entry, data: bytes | None = None) -> Json:
    """A file or folder of `GET …/contents`; a file's bytes in base64 lines of 60 when `data` is given."""
    root, home, path = api(world, repository), page(world, repository), quote(entry.path)
    kind = {"blob": "file", "tree": "dir", "commit": "submodule"}[entry.type]
    url = f"{root}/contents/{path}?ref={quote(ref)}"
    git_url = f"{root}/git/{'blobs' if kind == 'file' else 'trees'}/{entry.sha}"
    html_url = f"{home}/{'blob' if kind == 'file' else 'tree'}/{quote(ref)}/{path}"
    shown: Json = {
        "name": entry.path.rsplit("/", 1)[-1], "path": entry.path, "sha": entry.sha, "size": entry.size or 0,
        "url": url, "html_url": html_url, "git_url": git_url,
        "download_url": f"{home}/raw/{quote(ref)}/{path}" if kind == "file" else None,
        "type": "symlink" if entry.mode == "120000" else kind,
        "_links": {"self": url, "git": git_url, "html": html_url},
    }  # fmt: skip
    return shown if data is None else shown | {"content": base64_lines(data), "encoding": "base64"}


def base64_lines(data: bytes) -> str:
    """Base64 broken into lines of 60, as GitHub sends it."""
    text = base64.b64encode(data).decode()
    return "".join(text[i : i + 60] + "\n" for i in range(0, len(text), 60))


def tree_entry(root: str, one: Entry) -> Json:
    """One line of a tree."""
    shown: Json = {"path": one.path, "mode": one.mode, "type": one.type, "sha": one.sha}
    if one.size is not None:
        shown["size"] = one.size
    if one.type != "commit":
        shown["url"] = f"{root}/git/{one.type}s/{one.sha}"
    return shown


def ref(world: World, repository: Repository, name: str, sha: str, kind: str = "commit") -> Json:
    """A ref and what it points to."""
    root = api(world, repository)
    target = {"sha": sha, "type": kind, "url": f"{root}/git/{kind}s/{sha}"}
    return {
        "ref": name,
        "node_id": node_id("REF", int(sha[:10], 16)),
        "url": f"{root}/git/{name}",
        "object": target,
    }


def _person(who: Person) -> Json:
    return {"name": who.name, "email": who.email, "date": _utc(who.date)}


def _utc(date: str) -> str:
    return date.replace("+00:00", "Z")


def _parent(root: str, home: str, sha: str, kind: str) -> Json:
    return {"sha": sha, "url": f"{root}/{kind}/{sha}", "html_url": f"{home}/commit/{sha}"}


def _username(world: World, email: str) -> Json:
    found = account_of(world, email)
    return {"username": found.login} if found else {}


def _paths(files: list[tuple[str, str]], letters: str) -> list[str]:
    return [path for letter, path in files if letter in letters]

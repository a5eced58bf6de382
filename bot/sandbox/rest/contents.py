"""Files and folders by path: read, write, delete."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import INTEGRATION
from bot.sandbox.answers import Json, Refusal, not_found, ok, required, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.git import ZERO, Entry, Person
from bot.sandbox.pushes import Move, move_ref
from bot.sandbox.shapes import commits
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/repos/{owner}/{repo}"
WORKFLOWS = ".github/workflows/"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/repos/contents."""
    path = f"{ONE}/contents/{{path:.*}}"
    return bind(sandbox, [
        ("GET", f"{ONE}/contents", show),
        ("GET", f"{ONE}/readme", readme),
        ("GET", path, show),
        ("PUT", path, write),
        ("DELETE", path, delete),
        ("GET", "/{owner}/{repo}/raw/{ref}/{path:.+}", raw),
    ])  # fmt: skip


def refuse_workflows(call: Call, path: str) -> None:
    """Tokens need `workflows: write` to touch workflow files; a job's token can never."""
    if not path.startswith(WORKFLOWS) or not call.identity.is_integration:
        return
    if call.identity.permissions.get("workflows") != "write":
        raise Refusal(403, INTEGRATION, X_Accepted_GitHub_Permissions="contents=write; workflows=write")


def person(call: Call, name: str) -> Person:
    """The author or committer given in the body, or the caller."""
    given = call.body.get(name) or {}
    actor = call.actor
    return Person(
        str(given.get("name", actor.name or actor.login)),
        str(given.get("email", commits.noreply(actor))),
        str(given.get("date", call.world.now())),
    )


async def _commit_of(call: Call, found: Repository) -> tuple[str, str]:
    ref = call.query("ref") or found.default_branch
    sha = await call.git(found).sha(ref)
    if sha is None:
        raise not_found() if not call.query("ref") else Refusal(404, f"No commit found for the ref {ref}")
    return ref, sha


async def show(call: Call) -> web.Response:
    """A file with its bytes, or a folder's entries; `application/vnd.github.raw` gives the bytes alone."""
    found = call.repository("contents", "read")
    ref, sha = await _commit_of(call, found)
    git, path = call.git(found), call.request.match_info.get("path", "").strip("/")
    entry = await git.entry(sha, path)
    if entry is None:
        raise not_found()
    if entry.type != "blob":
        inside = await git.tree(entry.sha)
        full = [Entry(e.mode, e.type, e.sha, e.size, f"{path}/{e.path}".lstrip("/")) for e in inside]
        return ok([commits.content(call.world, found, ref, e) for e in full])
    data = await git.read_blob(entry.sha)
    if "raw" in call.request.headers.get("Accept", ""):
        return web.Response(body=data, content_type="application/vnd.github.raw")
    return ok(_file(call, found, ref, entry, data))


def _file(call: Call, found: Repository, ref: str, entry: Entry, data: bytes) -> Json:
    shown = commits.content(call.world, found, ref, entry, data)
    if len(data) > 1024 * 1024:  # Above 1 MB the answer holds no content, see GitHub's documentation.
        shown |= {"content": "", "encoding": "none"}
    return shown


async def readme(call: Call) -> web.Response:
    """The README."""
    found = call.repository("contents", "read")
    ref, sha = await _commit_of(call, found)
    entry = await call.git(found).entry(sha, "README.md")
    if entry is None:
        raise not_found()
    return ok(_file(call, found, ref, entry, await call.git(found).read_blob(entry.sha)))


async def raw(call: Call) -> web.Response:
    """What `download_url` gives."""
    found = call.repository("contents", "read")
    data = await call.git(found).read_file(call.part("ref"), call.part("path"))
    if data is None:
        raise not_found()
    return web.Response(body=data, content_type="application/octet-stream")


async def write(call: Call) -> web.Response:
    """Make a file, or replace the one whose blob sha is given."""
    found, path = call.repository("contents", "write"), call.part("path").strip("/")
    refuse_workflows(call, path)
    required(call.body, "message")
    try:
        data = base64.b64decode("".join(required(call.body, "content").split()), validate=True)
    except binascii.Error:
        raise Refusal(422, "content is not valid Base64") from None
    if not path or any(part in ("", ".", "..", ".git") for part in path.split("/")):
        raise Refusal(422, f"path contains a malformed path component: {path}")
    was_there = await _check_sha(call, found, path)
    blob = await call.git(found).create_blob(data)
    shown = await _commit(call, found, path, blob)
    entry = Entry("100644", "blob", blob, len(data), path)
    content = commits.content(call.world, found, _branch(call, found), entry)
    return ok({"content": content, "commit": shown}, 200 if was_there else 201)


async def delete(call: Call) -> web.Response:
    """Remove the file whose blob sha is given."""
    found, path = call.repository("contents", "write"), call.part("path").strip("/")
    refuse_workflows(call, path)
    required(call.body, "message")
    required(call.body, "sha")
    if not await _check_sha(call, found, path):
        raise not_found()
    return ok({"content": None, "commit": await _commit(call, found, path, None)})


def _branch(call: Call, found: Repository) -> str:
    return text_field(call.body, "branch") or found.default_branch


async def _check_sha(call: Call, found: Repository, path: str) -> bool:
    """Whether the file is there; 409 or 422 where the caller knows another version of it or none."""
    head = await call.git(found).sha(f"refs/heads/{_branch(call, found)}")
    entry = await call.git(found).entry(head, path) if head else None
    given = text_field(call.body, "sha")
    if entry is None:
        if given is not None:
            raise Refusal(409, f"{path} does not match {given}")
        return False
    if given is None:
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if given != entry.sha:
        raise Refusal(409, f"{path} does not match {given}")
    return True


async def _commit(call: Call, found: Repository, path: str, blob: str | None) -> Json:
    git, name = call.git(found), _branch(call, found)
    head = await git.sha(f"refs/heads/{name}")
    if head is None and await git.refs("refs/heads/"):
        raise Refusal(404, f"Branch {name} not found")
    tree = await git.create_tree(head, [(path, "100644", blob)])
    committer = person(call, "committer")
    author = person(call, "author") if "author" in call.body else committer
    sha = await git.create_commit(tree, [head] if head else [], call.body["message"], author, committer)
    await move_ref(call.sandbox, found, Move(f"refs/heads/{name}", head or ZERO, sha), call.doer)
    return commits.git_commit(call.world, found, await git.commit(sha))

"""The git database: blobs, trees, commits, refs."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import (
    Json,
    Refusal,
    choice,
    invalid_request,
    list_field,
    no_content,
    not_found,
    ok,
    required,
)
from bot.sandbox.call import Call, bind
from bot.sandbox.git import ZERO, GitFailed
from bot.sandbox.pushes import Move, move_ref
from bot.sandbox.rest.contents import person, refuse_workflows
from bot.sandbox.shapes import commits
from bot.sandbox.shapes.repository import api
from bot.sandbox.state import Repository, node_id

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ROOT = "/repos/{owner}/{repo}/git"
MODES = {"100644": "blob", "100755": "blob", "040000": "tree", "160000": "commit", "120000": "blob"}


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/git."""
    return bind(sandbox, [
        ("POST", f"{ROOT}/blobs", create_blob),
        ("GET", f"{ROOT}/blobs/{{sha}}", blob),
        ("POST", f"{ROOT}/trees", create_tree),
        ("GET", f"{ROOT}/trees/{{sha:.+}}", tree),
        ("POST", f"{ROOT}/commits", create_commit),
        ("GET", f"{ROOT}/commits/{{sha}}", commit),
        ("POST", f"{ROOT}/refs", create_ref),
        ("GET", f"{ROOT}/ref/{{ref:.+}}", ref),
        ("GET", f"{ROOT}/matching-refs/{{ref:.*}}", matching_refs),
        ("PATCH", f"{ROOT}/refs/{{ref:.+}}", update_ref),
        ("DELETE", f"{ROOT}/refs/{{ref:.+}}", delete_ref),
    ])  # fmt: skip


async def create_blob(call: Call) -> web.Response:
    """Store a blob given as text or base64."""
    found = call.repository("contents", "write")
    text = required(call.body, "content")
    if choice(call.body, "encoding", ("utf-8", "base64"), "utf-8") == "base64":
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except binascii.Error:
            raise Refusal(422, "content is not valid Base64") from None
    else:
        data = text.encode()
    sha = await call.git(found).create_blob(data)
    return ok({"sha": sha, "url": f"{api(call.world, found)}/git/blobs/{sha}"}, 201)


async def blob(call: Call) -> web.Response:
    """A blob in base64, or its bytes with `application/vnd.github.raw`."""
    found, sha = call.repository("contents", "read"), call.part("sha")
    if await call.git(found).kind(sha) != "blob":
        raise not_found()
    data = await call.git(found).read_blob(sha)
    if "raw" in call.request.headers.get("Accept", ""):
        return web.Response(body=data, content_type="application/vnd.github.raw")
    return ok({
        "sha": sha, "node_id": node_id("B", int(sha[:10], 16)), "size": len(data),
        "url": f"{api(call.world, found)}/git/blobs/{sha}", "content": commits.base64_lines(data),
        "encoding": "base64",
    })  # fmt: skip


async def create_tree(call: Call) -> web.Response:
    """A tree from `base_tree` and entries; an entry with sha null is removed, one with content becomes a blob."""
    found = call.repository("contents", "write")
    if "tree" not in call.body:
        raise invalid_request('"tree" wasn\'t supplied.')
    git, base = call.git(found), call.body.get("base_tree")
    if base is not None and await git.kind(str(base)) not in ("tree", "commit"):
        raise Refusal(404, "Not Found")
    changes = [await _change(call, found, entry) for entry in list_field(call.body, "tree")]
    try:
        sha = await git.create_tree(base, changes)
    except GitFailed:
        raise Refusal(422, "GitRPC::BadObjectState") from None
    return ok(await _tree(call, found, sha, is_recursive=False), 201)


async def _change(call: Call, found: Repository, entry: Json) -> tuple[str, str, str | None]:
    path, mode = str(entry.get("path", "")), str(entry.get("mode", "100644"))
    if not path or any(part in ("", ".", "..", ".git") for part in path.split("/")):
        raise Refusal(422, "tree.path contains a malformed path component")
    if mode not in MODES:
        raise Refusal(422, "Must supply a valid tree.mode")
    refuse_workflows(call, path)
    if "content" in entry:
        return path, mode, await call.git(found).create_blob(str(entry["content"]).encode())
    if "sha" not in entry:
        raise Refusal(422, "Must supply either tree.sha or tree.content")
    sha = entry["sha"]
    if sha is not None and await call.git(found).kind(str(sha)) != MODES[mode]:
        raise Refusal(422, f"tree.sha {sha} is not a valid {MODES[mode]}")
    return path, mode, sha


async def tree(call: Call) -> web.Response:
    """A tree by its sha or by a ref; with `recursive` all below it."""
    found, name = call.repository("contents", "read"), call.part("sha")
    git = call.git(found)
    sha = name if await git.kind(name) == "tree" else await git.sha(name)
    if sha is None:
        raise not_found()
    return ok(await _tree(call, found, sha, is_recursive="recursive" in call.request.query))


async def _tree(call: Call, found: Repository, sha: str, *, is_recursive: bool) -> Json:
    entries, root = await call.git(found).tree(sha, is_recursive), api(call.world, found)
    listed = [commits.tree_entry(root, entry) for entry in entries]
    return {"sha": sha, "url": f"{root}/git/trees/{sha}", "tree": listed, "truncated": False}


async def create_commit(call: Call) -> web.Response:
    """Store a commit."""
    found = call.repository("contents", "write")
    message, tree_sha = required(call.body, "message"), required(call.body, "tree")
    git, parents = call.git(found), [str(sha) for sha in list_field(call.body, "parents")]
    if await git.kind(tree_sha) != "tree":
        raise Refusal(422, "Tree SHA does not exist")
    for parent in parents:
        if await git.kind(parent) != "commit":
            raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    author = person(call, "author")
    committer = person(call, "committer") if "committer" in call.body else author
    sha = await git.create_commit(tree_sha, parents, message, author, committer)
    return ok(commits.git_commit(call.world, found, await git.commit(sha)), 201)


async def commit(call: Call) -> web.Response:
    """A commit of the git database."""
    found, sha = call.repository("contents", "read"), call.part("sha")
    if await call.git(found).kind(sha) != "commit":
        raise not_found()
    return ok(commits.git_commit(call.world, found, await call.git(found).commit(sha)))


async def create_ref(call: Call) -> web.Response:
    """Make a ref whose name begins with `refs/` and has two slashes at least."""
    found = call.repository("contents", "write")
    name, sha = required(call.body, "ref"), required(call.body, "sha")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.")
    git = call.git(found)
    kind = await git.kind(sha)
    if kind is None:
        raise Refusal(422, "Object does not exist")
    if name in await git.refs(name):
        raise Refusal(422, "Reference already exists")
    try:
        await git.run("check-ref-format", name)
    except GitFailed:
        raise Refusal(422, f"{name} is not a valid ref name.") from None
    await move_ref(call.sandbox, found, Move(name, ZERO, sha), call.doer)
    return ok(commits.ref(call.world, found, name, sha, kind), 201)


async def _ref(call: Call, found: Repository, missing: Refusal) -> tuple[str, str]:
    name = f"refs/{call.part('ref')}"
    sha = (await call.git(found).refs(name)).get(name)
    if sha is None:
        raise missing
    return name, sha


async def ref(call: Call) -> web.Response:
    """One ref, by its name without `refs/`."""
    found = call.repository("contents", "read")
    name, sha = await _ref(call, found, not_found())
    return ok(commits.ref(call.world, found, name, sha, await call.git(found).kind(sha) or "commit"))


async def matching_refs(call: Call) -> web.Response:
    """The refs whose names begin so."""
    found, prefix = call.repository("contents", "read"), f"refs/{call.part('ref')}"
    refs = await call.git(found).refs()
    mine = [pair for pair in refs.items() if pair[0].startswith(prefix)]
    return call.page(mine, lambda pair: commits.ref(call.world, found, pair[0], pair[1]))


async def update_ref(call: Call) -> web.Response:
    """Move a ref forward, or anywhere with `force`."""
    found, sha = call.repository("contents", "write"), required(call.body, "sha")
    git = call.git(found)
    name, before = await _ref(call, found, Refusal(422, "Reference does not exist"))
    if await git.kind(sha) is None:
        raise Refusal(422, "Object does not exist")
    if call.body.get("force") is not True and not await git.is_ancestor(before, sha):
        raise Refusal(422, "Update is not a fast forward")
    if sha != before:
        await move_ref(call.sandbox, found, Move(name, before, sha), call.doer)
    return ok(commits.ref(call.world, found, name, sha))


async def delete_ref(call: Call) -> web.Response:
    """Remove a ref."""
    found = call.repository("contents", "write")
    name, before = await _ref(call, found, Refusal(422, "Reference does not exist"))
    if name == f"refs/heads/{found.default_branch}":
        raise Refusal(422, "Cannot delete the default branch")
    await move_ref(call.sandbox, found, Move(name, before, ZERO), call.doer)
    return no_content()

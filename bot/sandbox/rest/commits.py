"""Commits: lists, one commit with its files, comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import Refusal, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.diff import changed_files, compare
from bot.sandbox.git import EMPTY_TREE
from bot.sandbox.shapes import commits, pulls
from bot.sandbox.shapes.repository import api, page
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/repos/{owner}/{repo}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/commits."""
    return bind(sandbox, [
        ("GET", f"{ONE}/commits", listing),
        ("GET", f"{ONE}/commits/{{ref}}/pulls", pulls_of),
        ("GET", f"{ONE}/commits/{{ref}}", show),
        ("GET", f"{ONE}/compare/{{range:.+}}", comparison),
    ])  # fmt: skip


async def sha_of(call: Call, found: Repository, ref: str) -> str:
    """The commit of a ref; 422 `No commit found for SHA: …`."""
    sha = await call.git(found).sha(ref.removeprefix("heads/") if ref.startswith("heads/") else ref)
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    return sha


async def listing(call: Call) -> web.Response:
    """Commits of a branch (`sha`), newest first, of one `path` if asked."""
    found = call.repository("contents", "read")
    git, ref = call.git(found), call.query("sha") or found.default_branch
    start = await git.sha(ref)
    if start is None:
        raise Refusal(409, "Git Repository is empty.") if not await git.refs("refs/heads/") else not_found()
    path = call.query("path")
    shown = await git.log(start, *(["--", path] if path else []))
    return call.page(shown, lambda c: commits.commit(call.world, found, c))


async def show(call: Call) -> web.Response:
    """One commit with its files; with `application/vnd.github.sha` only its sha."""
    found = call.repository("contents", "read")
    git, sha = call.git(found), await sha_of(call, found, call.part("ref"))
    if "sha" in call.request.headers.get("Accept", ""):
        return web.Response(text=sha, content_type="application/vnd.github.sha")
    one = await git.commit(sha)
    files = await changed_files(git, one.parents[0] if one.parents else EMPTY_TREE, sha)
    added, deleted = sum(f.additions for f in files), sum(f.deletions for f in files)
    return ok(commits.commit(call.world, found, one) | {
        "stats": {"total": added + deleted, "additions": added, "deletions": deleted},
        "files": [pulls.file(call.world, found, sha, f) for f in files],
    })  # fmt: skip


async def pulls_of(call: Call) -> web.Response:
    """The pull requests whose head is a commit."""
    found, sha = call.repository("pull_requests", "read"), call.part("ref")
    mine = [i for i in found.issues.values() if i.pull and sha in (i.pull.head_sha, i.pull.merge_commit_sha)]
    return call.page(mine, lambda i: pulls.pull(call.world, found, i))


async def comparison(call: Call) -> web.Response:
    """`base...head` within the repository."""
    found = call.repository("contents", "read")
    base_name, dots, head_name = call.part("range").partition("...")
    git = call.git(found)
    base, head = await git.sha(base_name), await git.sha(head_name.split(":")[-1])
    if not dots or base is None or head is None:
        raise not_found()
    compared = await compare(git, base, head)
    if compared.merge_base is None:
        raise Refusal(404, f"No common ancestor between {base_name} and {head_name}.")
    status = {
        (False, False): "identical",
        (True, False): "ahead",
        (False, True): "behind",
        (True, True): "diverged",
    }
    url, home = f"{api(call.world, found)}/compare/{base_name}...{head_name}", page(call.world, found)
    shown = [commits.commit(call.world, found, c) for c in compared.commits]
    return ok({
        "url": url, "html_url": f"{home}/compare/{base_name}...{head_name}",
        "permalink_url": f"{home}/compare/{base}...{head}",
        "diff_url": f"{home}/compare/{base}...{head}.diff", "patch_url": f"{home}/compare/{base}...{head}.patch",
        "base_commit": commits.commit(call.world, found, await git.commit(base)),
        "merge_base_commit": commits.commit(call.world, found, await git.commit(compared.merge_base)),
        "status": status[compared.ahead_by > 0, compared.behind_by > 0], "ahead_by": compared.ahead_by,
        "behind_by": compared.behind_by, "total_commits": len(shown), "commits": shown,
        "files": [pulls.file(call.world, found, head, f) for f in compared.files],
    })  # fmt: skip

"""Branches: look at them, and rename one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require
from bot.sandbox.answers import Json, Refusal, failed, ok, required
from bot.sandbox.call import Call, bind
from bot.sandbox.git import ZERO, GitFailed
from bot.sandbox.pushes import Move, move_ref, tell_pull
from bot.sandbox.shapes import commits, repository
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/branches"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/branches/branches."""
    return bind(sandbox, [
        ("GET", ALL, branches),
        ("POST", f"{ALL}/{{branch:.+}}/rename", rename),
        ("GET", f"{ALL}/{{branch:.+}}", branch),
    ])  # fmt: skip


async def branches(call: Call) -> web.Response:
    """All branches."""
    found = call.repository("contents", "read")
    heads = await call.git(found).refs("refs/heads/")
    root = repository.api(call.world, found)
    return call.page(
        heads.items(),
        lambda ref: {
            "name": ref[0].removeprefix("refs/heads/"),
            "commit": {"sha": ref[1], "url": f"{root}/commits/{ref[1]}"},
            "protected": False,
        },
    )


async def branch(call: Call) -> web.Response:
    """One branch with its newest commit; 301 for one that was renamed."""
    found, name = call.repository("contents", "read"), call.part("branch")
    sha = await call.git(found).sha(f"refs/heads/{name}")
    if sha is None:
        now = found.former_branches.get(name)
        if now is not None and await call.git(found).sha(f"refs/heads/{now}"):
            raise call.redirect(f"/branches/{name}", f"/branches/{now}")
        raise Refusal(404, "Branch not found")
    return ok(await _full(call, found, name, sha))


async def _full(call: Call, found: Repository, name: str, sha: str) -> Json:
    newest = await call.git(found).commit(sha)
    url = f"{repository.api(call.world, found)}/branches/{name}"
    checks = {"enforcement_level": "off", "contexts": [], "checks": []}
    return {
        "name": name, "commit": commits.commit(call.world, found, newest), "protected": False,
        "_links": {"self": url, "html": f"{repository.page(call.world, found)}/tree/{name}"},
        "protection": {"enabled": False, "required_status_checks": checks}, "protection_url": f"{url}/protection",
    }  # fmt: skip


async def rename(call: Call) -> web.Response:
    """Rename a branch; the default one takes admin and fires `repository.edited`.

    Open pull requests to it follow, those from it are closed, workflows that name it find no such ref any more.
    See https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository
    """
    found, name = call.repository("contents", "write"), call.part("branch")
    is_default = name == found.default_branch
    if is_default:
        require(call.world, call.identity, found, "administration", "write", "admin")
    new, git = required(call.body, "new_name"), call.git(found)
    sha = await git.sha(f"refs/heads/{name}")
    if sha is None:
        raise Refusal(404, "Branch not found")
    if await git.sha(f"refs/heads/{new}"):
        raise failed("Branch", "new_name", "already_exists")
    try:
        await git.text("check-ref-format", "--branch", new)
    except GitFailed:
        raise failed("Branch", "new_name", "invalid") from None
    await move_ref(call.sandbox, found, Move(f"refs/heads/{new}", ZERO, sha), call.doer)
    if is_default:
        await choose_default(call, found, new)
        call.emit(found, "repository", "edited", {"changes": {"default_branch": {"from": name}}})
    await _retarget(call, found, name, new)
    await move_ref(call.sandbox, found, Move(f"refs/heads/{name}", sha, ZERO), call.doer)
    found.former_branches = {old: new if now == name else now for old, now in found.former_branches.items()}
    found.former_branches[name] = new
    return ok(await _full(call, found, new, sha), 201)


async def choose_default(call: Call, found: Repository, name: str) -> None:
    """Another default branch, for git too."""
    found.default_branch = name
    await call.git(found).run("symbolic-ref", "HEAD", f"refs/heads/{name}")


async def _retarget(call: Call, found: Repository, name: str, new: str) -> None:
    for issue in list(found.issues.values()):
        if issue.pull is not None and issue.state == "open" and issue.pull.base_ref == name:
            changes = {"base": {"ref": {"from": name}, "sha": {"from": issue.pull.base_sha}}}
            issue.pull.base_ref, issue.updated_at = new, call.world.now()
            await tell_pull(call.sandbox, found, issue, "edited", call.doer, {"changes": changes})

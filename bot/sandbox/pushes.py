"""What follows when a ref moves, whoever moved it: push, create, delete, pull request heads, check suites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.answers import Json, Refusal
from bot.sandbox.diff import Comparison, compare
from bot.sandbox.forks import share
from bot.sandbox.git import ZERO, Git, GitFailed
from bot.sandbox.reports import CheckSuite
from bot.sandbox.shapes import checks, commits, pulls
from bot.sandbox.shapes.accounts import user
from bot.sandbox.shapes.repository import in_push
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue, Pull
from bot.sandbox.webhooks import Doer

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class Move:
    """A ref that went from one commit to another; `ZERO` before means made, after means removed."""

    ref: str
    before: str
    after: str

    @property
    def is_branch(self) -> bool:
        """Whether it is a branch and not a tag or something else."""
        return self.ref.startswith("refs/heads/")

    @property
    def name(self) -> str:
        """The short name of the branch or tag."""
        return self.ref.split("/", 2)[-1]


async def move_ref(sandbox: Sandbox, repository: Repository, move: Move, doer: Doer) -> None:
    """Move a ref if it still stands at `before`, and announce it; 409 when it does not."""
    git = sandbox.git(repository)
    try:
        if move.after == ZERO:
            await git.delete_ref(move.ref)
        elif move.before == ZERO:
            await git.create_ref(move.ref, move.after)
        else:
            await git.update_ref(move.ref, move.after, move.before)
    except GitFailed:
        raise Refusal(409, f"{move.ref} is not at {move.before} any more") from None
    await announce(sandbox, repository, move, doer)


async def announce(sandbox: Sandbox, repository: Repository, move: Move, doer: Doer) -> None:
    """Send the webhooks of a ref that has moved already, and let open pull requests follow it."""
    if not move.ref.startswith(("refs/heads/", "refs/tags/")):
        return
    repository.pushed_at = repository.updated_at = sandbox.world.now()
    await share(sandbox, repository, move)
    kind = {"ref": move.name, "ref_type": "branch" if move.is_branch else "tag", "pusher_type": "user"}
    if move.before == ZERO:
        made = {"master_branch": repository.default_branch, "description": repository.description}
        sandbox.emit(repository, "create", None, kind | made, doer)
    if move.after == ZERO:
        sandbox.emit(repository, "delete", None, dict(kind), doer)
    sandbox.emit(repository, "push", None, await _push(sandbox, repository, move, doer), doer)
    if not move.is_branch:
        return
    for base in list(sandbox.world.repositories.values()):
        for issue in list(base.issues.values()):
            if issue.state == "open" and issue.pull and issue.pull.source == (repository.id, move.name):
                await _follow(sandbox, base, issue, move, doer)
    if move.after != ZERO:
        _request_checks(sandbox, repository, move, doer)


async def fetch_head(sandbox: Sandbox, base: Repository, issue: Issue) -> None:
    """Bring a pull request's head into the base repository as `refs/pull/<n>/head`."""
    assert issue.pull is not None
    await fetch_objects(sandbox, base, issue.pull)
    await sandbox.git(base).update_ref(f"refs/pull/{issue.number}/head", issue.pull.head_sha)


async def fetch_objects(sandbox: Sandbox, base: Repository, pull: Pull) -> None:
    """Bring the commits of a fork into the base repository."""
    head = sandbox.world.repositories[pull.head_repository_id]
    if head.id != base.id and not head.is_deleted:
        source = sandbox.git(head)
        await sandbox.git(base).run("fetch", "-q", str(source.path), pull.head_sha)


async def _follow(sandbox: Sandbox, base: Repository, issue: Issue, move: Move, doer: Doer) -> None:
    assert issue.pull is not None
    issue.updated_at = sandbox.world.now()
    if move.after == ZERO:
        issue.state, issue.closed_at, issue.closed_by_id = "closed", sandbox.world.now(), doer.account.id
        await tell_pull(sandbox, base, issue, "closed", doer)
        return
    issue.pull.head_sha = move.after
    await fetch_head(sandbox, base, issue)
    await tell_pull(sandbox, base, issue, "synchronize", doer, {"before": move.before, "after": move.after})


async def tell_pull(
    sandbox: Sandbox, base: Repository, issue: Issue, action: str, doer: Doer, more: Json | None = None
) -> None:
    """Emit `pull_request` with the whole pull request as it is now."""
    shown = await full_pull(sandbox, base, issue)
    payload = {"number": issue.number, "pull_request": shown, **(more or {})}
    sandbox.emit(base, "pull_request", action, payload, doer)


async def full_pull(sandbox: Sandbox, base: Repository, issue: Issue) -> Json:
    """A pull request in full, compared with its base as it is now (as it was, once merged)."""
    return pulls.full(sandbox.world, base, issue, await compared(sandbox.git(base), _pull(issue)))


async def compared(git: Git, made: Pull) -> Comparison:
    """Head against base of a pull request."""
    base = made.base_sha if made.merged_at else await git.sha(f"refs/heads/{made.base_ref}")
    made.base_sha = base or made.base_sha
    return await compare(git, made.base_sha, made.head_sha)


def _pull(issue: Issue) -> Pull:
    assert issue.pull is not None
    return issue.pull


async def _push(sandbox: Sandbox, repository: Repository, move: Move, doer: Doer) -> Json:
    git, world = sandbox.git(repository), sandbox.world
    is_made, is_gone = move.before == ZERO, move.after == ZERO
    pushed: list[Json] = []
    if not is_gone and move.is_branch:
        default = await git.sha(repository.default_branch)
        since = default if is_made and move.name != repository.default_branch else None if is_made else move.before
        revisions = [move.after, *([f"^{since}"] if since else [])]
        found = await git.log("--reverse", "--max-count=20", *revisions)
        pushed = [await commits.in_push(world, repository, git, commit) for commit in found]
    head = await commits.in_push(world, repository, git, await git.commit(move.after)) if not is_gone else None
    is_forced = not is_made and not is_gone and not await git.is_ancestor(move.before, move.after)
    home = f"{world.url}/{world.full_name(repository)}"
    name = user(world, doer.account.id)["login"]
    return {
        "ref": move.ref, "before": move.before, "after": move.after, "repository": in_push(world, repository),
        "pusher": {"name": name, "email": doer.account.email or commits.noreply(doer.account)}, "created": is_made,
        "deleted": is_gone, "forced": is_forced, "base_ref": None,
        "compare": f"{home}/compare/{move.before[:12]}...{move.after[:12]}", "commits": pushed,
        "head_commit": head,
    }  # fmt: skip


def _request_checks(sandbox: Sandbox, repository: Repository, move: Move, doer: Doer) -> None:
    """Every App that may write checks gets a suite for a pushed commit."""
    world = sandbox.world
    for installation in list(world.installations.values()):
        if installation.permissions.get("checks") != "write":
            continue
        if world.installation_for(repository, installation.app_id) is not installation:
            continue
        found = suite_for(sandbox, repository, installation.app_id, move.after, move.name)
        payload = {"check_suite": suite_event(sandbox, repository, found)}
        told = replace(doer, only=installation.app_id)
        sandbox.emit(repository, "check_suite", "requested", payload, told)


def suite_for(
    sandbox: Sandbox, repository: Repository, app_id: int, sha: str, branch: str | None = None
) -> CheckSuite:
    """The suite of an App on a commit, made if need be."""
    for suite in repository.check_suites.values():
        if (suite.app_id, suite.head_sha) == (app_id, sha):
            return suite
    world = sandbox.world
    suite = CheckSuite(world.next_id(), app_id, sha, branch, ZERO, world.now(), world.now())
    repository.check_suites[suite.id] = suite
    return suite


def suite_event(sandbox: Sandbox, repository: Repository, suite: CheckSuite) -> Json:
    """A suite as `check_suite` tells of it."""
    person = {"name": "GitHub", "email": "noreply@github.com"}
    head = {
        "id": suite.head_sha, "tree_id": suite.head_sha, "message": "", "timestamp": suite.created_at,
        "author": person, "committer": person,
    }  # fmt: skip
    return checks.suite(sandbox.world, repository, suite) | {
        "head_commit": head, "rerequestable": True, "runs_rerequestable": True,
    }  # fmt: skip

"""A repository and its forks: what one has, all can name by its hash; and pull requests that are opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.answers import Refusal, failed
from bot.sandbox.git import ZERO

if TYPE_CHECKING:
    from bot.sandbox.pushes import Move
    from bot.sandbox.server import Sandbox
    from bot.sandbox.state import Repository
    from bot.sandbox.threads import Pull


async def share(sandbox: Sandbox, repository: Repository, move: Move) -> None:
    """Let the whole network name a pushed commit, as GitHub does, whose forks keep their objects together.

    So a hash that a repository knows says nothing of who pushed it, or where.
    """
    if move.after == ZERO:
        return
    root = repository.parent_id or repository.id
    for other in sandbox.world.repositories.values():
        if other.id != repository.id and root in (other.id, other.parent_id) and not other.is_deleted:
            await sandbox.git(other).run("fetch", "-q", str(sandbox.git(repository).path), move.after)


async def head_again(sandbox: Sandbox, pull: Pull) -> str:
    """The head that a closed pull request has once it is open again; 422 where its branch is gone or rewritten.

    What was pushed meanwhile is in it, and no `synchronize` ever told of that.
    """
    source = sandbox.world.repositories[pull.head_repository_id]
    if source.is_deleted:
        raise _refused("The repository that submitted this pull request has been deleted.")
    git = sandbox.git(source)
    sha = await git.sha(f"refs/heads/{pull.head_ref}")
    if sha is None:
        raise _refused(f"The {pull.head_ref} branch has been deleted.")
    if sha != pull.head_sha and not await git.is_ancestor(pull.head_sha, sha):
        raise _refused(f"The {pull.head_ref} branch was force-pushed or recreated.")
    return sha


def _refused(words: str) -> Refusal:
    return failed("PullRequest", "state", "invalid", f"state cannot be changed. {words}")

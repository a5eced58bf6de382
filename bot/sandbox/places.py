"""A repository in a story: rights, labels and environments are set directly, as its owner would on the web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.access import require
from bot.sandbox.answers import not_found
from bot.sandbox.call import Call
from bot.sandbox.git import Git
from bot.sandbox.identity import Identity
from bot.sandbox.rest import departures
from bot.sandbox.rest.checks import press
from bot.sandbox.rest.collaborators import give
from bot.sandbox.rest.comments import minimize
from bot.sandbox.rest.issues import opened
from bot.sandbox.rest.suites import again
from bot.sandbox.state import ROLES, Environment, Label, Repository
from bot.sandbox.threads import Comment, Issue
from bot.sandbox.webhooks import Doer

if TYPE_CHECKING:
    from aiohttp import web

    from bot.sandbox.people import Participant
    from bot.sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class Place:
    """A repository with the verbs of its owner."""

    repository: Repository
    sandbox: Sandbox

    @property
    def id(self) -> int:
        """Its number."""
        return self.repository.id

    @property
    def full_name(self) -> str:
        """`owner/name`, as it is now."""
        return self.sandbox.world.full_name(self.repository)

    @property
    def path(self) -> str:
        """Its address in the API, from the slash on."""
        return f"/repos/{self.full_name}"

    @property
    def git(self) -> Git:
        """The git repository underneath."""
        return self.sandbox.git(self.repository)

    def grant(self, who: Participant, role: str, by: Participant | None = None) -> None:
        """Give a role (one of read, triage, write, maintain, admin), or take it with `none`; fires `member`.

        No invitation waits to be accepted. `by` is who does it, the repository's owner when None.
        """
        if role not in ROLES:
            raise ValueError(f"no such role: {role}")
        doer = by.account if by else self.sandbox.world.accounts[self.repository.owner_id]
        give(self.sandbox, self.repository, who.account, role, Doer(doer))

    def label(self, *names: str) -> None:
        """Make labels."""
        for name in names:
            self.repository.labels.setdefault(name.lower(), Label(self.sandbox.world.next_id(), name))

    def environment(
        self,
        name: str,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        branch_policy: str | list[str] | None = None,
    ) -> Environment:
        """Make a deployment environment."""
        world = self.sandbox.world
        made = Environment(
            world.next_id(), name, world.now(), dict(secrets or {}), dict(variables or {}), branch_policy
        )
        self.repository.environments[name] = made
        return made

    def publish(self, branch: str) -> str:
        """Switch GitHub Pages on for a branch; returns the site's address."""
        self.repository.pages_branch = branch
        return f"{self.sandbox.world.url}/_pages/{self.full_name}/"

    async def head(self, branch: str = "") -> str:
        """The commit at the tip of a branch, the default one if none is named."""
        sha = await self.git.sha(f"refs/heads/{branch or self.repository.default_branch}")
        if sha is None:
            raise LookupError(f"{self.full_name} has no branch {branch or self.repository.default_branch}")
        return sha

    async def read(self, path: str, ref: str = "") -> str | None:
        """The text of a file, or None."""
        content = await self.git.read_file(ref or self.repository.default_branch, path)
        return None if content is None else content.decode()

    async def checkout(self, ref: str, folder: Path) -> str:
        """A working tree of a ref; returns the commit."""
        return await self.git.checkout(ref, folder)

    async def form(self, who: Participant, title: str, body: str, labels: list[str]) -> Issue:
        """Open an issue by an issue form on the web, whose labels are put on whoever the author is."""
        return await opened(self._as(who), self.repository, title, body, labels)

    def press(self, who: Participant, check_run: int, identifier: str) -> None:
        """Press a button of a check run on the web."""
        press(self._as(who), self.repository, self.repository.check_runs[check_run], identifier)

    def rerun_checks(self, who: Participant, check_suite: int) -> None:
        """Press "Re-run all checks" on the web; takes write, fires `check_suite.rerequested` to its App."""
        call, found = self._as(who), self.repository
        require(call.world, call.identity, found, "checks", "write")
        again(call, found, found.check_suites[check_suite])

    def minimize(self, who: Participant, comment: int, reason: str = "outdated") -> None:
        """Hide a comment for one of `comments.REASONS`; takes write, and no webhook tells."""
        minimize(self._as(who), self.repository, self._comment(comment), reason)

    def unminimize(self, who: Participant, comment: int) -> None:
        """Show a hidden comment again."""
        minimize(self._as(who), self.repository, self._comment(comment), None)

    async def transfer_issue(self, who: Participant, number: int, to: Place) -> Issue:
        """Move an issue to another repository of the same owner; the old number redirects to what is returned."""
        return await departures.transfer(self._as(who), self.repository, number, to.repository)

    async def delete_issue(self, who: Participant, number: int) -> None:
        """Delete an issue for good; takes admin."""
        await departures.delete(self._as(who), self.repository, number)

    def _comment(self, number: int) -> Comment:
        for issue in self.repository.issues.values():
            if number in issue.comments:
                return issue.comments[number]
        raise not_found()

    def _as(self, who: Participant) -> Call:
        """A call without a request, for what only the web can do."""
        request: web.Request = None  # type: ignore[assignment]
        return Call(self.sandbox, request, Identity("user", who.account), {})

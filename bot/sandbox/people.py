"""People and organisations in a story; what people do goes over real HTTP with their own token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.client import Client
from bot.sandbox.membership import Roll
from bot.sandbox.state import Account
from bot.sandbox.teams import Team

if TYPE_CHECKING:
    from bot.sandbox.places import Place
    from bot.sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class Participant:
    """A person; returned objects are GitHub's JSON."""

    account: Account
    http: Client

    @property
    def id(self) -> int:
        """The account's number."""
        return self.account.id

    @property
    def login(self) -> str:
        """The account's login."""
        return self.account.login

    def client(self) -> Client:
        """A REST client as this person."""
        return self.http

    async def open_issue(self, place: Place, title: str, body: str = "", labels: list[str] | None = None) -> Any:
        """Open an issue."""
        return await self.http.post(f"{place.path}/issues", {"title": title, "body": body, "labels": labels or []})

    async def edit_issue(self, place: Place, number: int, **changes: Any) -> Any:
        """Change title, body, state or labels."""
        return await self.http.patch(f"{place.path}/issues/{number}", changes)

    async def label(self, place: Place, number: int, *labels: str) -> Any:
        """Put labels on an issue."""
        return await self.http.post(f"{place.path}/issues/{number}/labels", {"labels": list(labels)})

    async def comment(self, place: Place, number: int, body: str) -> Any:
        """Comment on an issue or pull request."""
        return await self.http.post(f"{place.path}/issues/{number}/comments", {"body": body})

    async def edit_comment(self, place: Place, comment: int, body: str) -> Any:
        """Edit a comment, one's own or (with write) anybody's."""
        return await self.http.patch(f"{place.path}/issues/comments/{comment}", {"body": body})

    async def delete_comment(self, place: Place, comment: int) -> None:
        """Delete a comment."""
        await self.http.delete(f"{place.path}/issues/comments/{comment}")

    async def push(
        self, place: Place, files: dict[str, str | None], branch: str = "", message: str = "Change files"
    ) -> str:
        """Commit files (None removes one) on a branch, made from the default one if need be; returns the sha."""
        default = place.repository.default_branch
        name, git = branch or default, f"{place.path}/git"
        heads = {
            b["name"]: b["commit"]["sha"] for b in await self.http.get(f"{place.path}/branches", per_page="100")
        }
        parent = heads.get(name, heads.get(default))
        entries = [_entry(path, text) for path, text in files.items()]
        base = {"base_tree": parent} if parent else {}
        tree = await self.http.post(f"{git}/trees", {**base, "tree": entries})
        made = {"message": message, "tree": tree["sha"], "parents": [parent] if parent else []}
        commit = await self.http.post(f"{git}/commits", made)
        if name in heads:
            await self.http.patch(f"{git}/refs/heads/{name}", {"sha": commit["sha"]})
        else:
            await self.http.post(f"{git}/refs", {"ref": f"refs/heads/{name}", "sha": commit["sha"]})
        return str(commit["sha"])

    async def open_pull(
        self, place: Place, head: str, base: str = "", title: str = "Change", body: str = ""
    ) -> Any:
        """Open a pull request."""
        wanted = {"title": title, "body": body, "head": head, "base": base or place.repository.default_branch}
        return await self.http.post(f"{place.path}/pulls", wanted)

    async def review(self, place: Place, number: int, event: str, body: str = "", **more: str) -> Any:
        """Review a pull request with APPROVE, REQUEST_CHANGES or COMMENT."""
        given = {"event": event, "body": body, **more}
        return await self.http.post(f"{place.path}/pulls/{number}/reviews", given)

    async def edit_review(self, place: Place, number: int, review: int, body: str) -> Any:
        """Change the text of a review, one's own or (with write) anybody's."""
        return await self.http.put(f"{place.path}/pulls/{number}/reviews/{review}", {"body": body})

    async def accept_membership(self, organisation: Organisation) -> Any:
        """Accept an organisation's invitation."""
        return await self.http.patch(f"/user/memberships/orgs/{organisation.login}", {"state": "active"})

    async def merge(self, place: Place, number: int) -> Any:
        """Merge a pull request."""
        return await self.http.put(f"{place.path}/pulls/{number}/merge")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation with the verbs of its owners."""

    account: Account
    sandbox: Sandbox

    @property
    def id(self) -> int:
        """The account's number."""
        return self.account.id

    @property
    def login(self) -> str:
        """The account's login."""
        return self.account.login

    def admit(self, who: Participant, role: str = "member", by: Participant | None = None) -> None:
        """Make somebody a member, or an owner with `admin`; fires `organization.member_added` for newcomers."""
        self._roll(by).admit(who.account, role)

    def invite(self, who: Participant, role: str = "member", by: Participant | None = None) -> None:
        """Invite somebody, who is `pending` until `Participant.accept_membership`."""
        self._roll(by).invite(who.account, role)

    def expel(self, who: Participant, by: Participant | None = None) -> None:
        """Take somebody out of the organisation, its teams and its repositories, with the webhooks of each."""
        self._roll(by).expel(who.account)

    def team(
        self, slug: str, *members: Participant, parent: Team | None = None, by: Participant | None = None
    ) -> Team:
        """Make a team, below `parent` if given; its people become members of the organisation."""
        made = Team(
            self.sandbox.world.next_id(), self.id, slug, slug.title(), parent_id=parent.id if parent else None
        )
        self._roll(by).create(made)
        for who in members:
            self.join(made, who, by=by)
        return made

    def join(self, team: Team, who: Participant, role: str = "member", by: Participant | None = None) -> None:
        """Put somebody into a team, and into the organisation if need be; fires `membership.added`."""
        if who.id not in self.account.members:
            self.admit(who, by=by)
        self._roll(by).join(team, who.account, role)

    def leave(self, team: Team, who: Participant, by: Participant | None = None) -> None:
        """Take somebody out of a team; fires `membership.removed`."""
        self._roll(by).leave(team, who.account)

    def disband(self, team: Team, by: Participant | None = None) -> None:
        """Delete a team and those below it; fires `team.deleted`."""
        self._roll(by).disband(team)

    def assign(self, team: Team, place: Place, role: str, by: Participant | None = None) -> None:
        """Give a team a role in a repository; fires `team.added_to_repository`."""
        self._roll(by).assign(team, place.repository, role)

    def withdraw(self, team: Team, place: Place, by: Participant | None = None) -> None:
        """Take a team's role in a repository away; fires `team.removed_from_repository`."""
        self._roll(by).withdraw(team, place.repository)

    def _roll(self, by: Participant | None) -> Roll:
        """As `by`, or as the organisation itself."""
        return Roll(self.sandbox, self.account, by.account if by else self.account)


def _entry(path: str, text: str | None) -> dict[str, object]:
    entry: dict[str, object] = {"path": path, "mode": "100644", "type": "blob"}
    return entry | ({"sha": None} if text is None else {"content": text})

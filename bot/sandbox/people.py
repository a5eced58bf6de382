"""People and organisations in a story; what people do goes over real HTTP with their own token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.client import Client
from bot.sandbox.state import Account, Team

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

    def admit(self, who: Participant, role: str = "member") -> None:
        """Make somebody a member, or an owner with `admin`."""
        self.account.members[who.id] = role

    def expel(self, who: Participant) -> None:
        """Take somebody out of the organisation and its teams."""
        self.account.members.pop(who.id, None)
        for team in self.sandbox.world.teams.values():
            if team.organisation_id == self.id:
                team.members.pop(who.id, None)

    def team(self, slug: str, *members: Participant) -> Team:
        """Make a team; its people become members of the organisation."""
        world = self.sandbox.world
        made = Team(world.next_id(), self.id, slug, slug.title(), {who.id: "member" for who in members})
        for who in members:
            self.account.members.setdefault(who.id, "member")
        world.teams[made.id] = made
        return made


def _entry(path: str, text: str | None) -> dict[str, object]:
    entry: dict[str, object] = {"path": path, "mode": "100644", "type": "blob"}
    return entry | ({"sha": None} if text is None else {"content": text})

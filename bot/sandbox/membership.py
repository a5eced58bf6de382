"""Who belongs to an organisation and its teams: every change, with the webhooks that tell of it.

See https://docs.github.com/webhooks/webhook-events-and-payloads: organization, membership and team.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.answers import Json
from bot.sandbox.shapes import accounts
from bot.sandbox.shapes.repository import repository
from bot.sandbox.state import Account, Repository
from bot.sandbox.teams import Team

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class Roll:
    """The members of one organisation, as `doer` changes them."""

    sandbox: Sandbox
    owner: Account
    doer: Account

    def admit(self, who: Account, role: str) -> None:
        """Make somebody a member or change the role; what waited for them in teams becomes real."""
        was_in = who.id in self.owner.members
        self.owner.members[who.id] = role
        self.owner.invited.pop(who.id, None)
        if was_in:
            return
        self._tell("organization", "member_added", {"membership": self._membership(who)})
        for team in self._teams():
            if who.id in team.invited:
                self.join(team, who, team.invited.pop(who.id))

    def invite(self, who: Account, role: str) -> None:
        """Ask somebody to become a member; nothing is theirs until they accept."""
        self.owner.invited[who.id] = role

    def expel(self, who: Account) -> None:
        """Take somebody out of the organisation, its teams and all its repositories."""
        self.owner.invited.pop(who.id, None)
        for team in self._teams():
            team.invited.pop(who.id, None)
            self.leave(team, who)
        if self.owner.members.pop(who.id, None) is None:
            return
        for found in self.sandbox.world.repositories.values():
            if found.owner_id == self.owner.id:
                found.roles.pop(who.id, None)
        self._tell("organization", "member_removed", {"membership": self._membership(who)})

    def join(self, team: Team, who: Account, role: str) -> None:
        """Put a member into a team or change the role there; others wait until they have accepted."""
        if who.id not in self.owner.members:
            self.owner.invited.setdefault(who.id, "member")
            team.invited[who.id] = role
            return
        was_in = who.id in team.members
        team.members[who.id] = role
        if not was_in:
            self._tell_membership("added", team, who)

    def leave(self, team: Team, who: Account) -> bool:
        """Take somebody out of a team; False for those who were not in it themselves."""
        was_invited = team.invited.pop(who.id, None) is not None
        if team.members.pop(who.id, None) is None:
            return was_invited
        self._tell_membership("removed", team, who)
        return True

    def create(self, team: Team) -> None:
        """Keep a new team."""
        self.sandbox.world.teams[team.id] = team
        self._tell("team", "created", {"team": self._shape(team)})

    def disband(self, team: Team) -> None:
        """Delete a team and those below it; nobody hears of its members one by one."""
        for child in [t for t in self._teams() if t.parent_id == team.id]:
            self.disband(child)
        shown = self._shape(team)
        del self.sandbox.world.teams[team.id]
        self._tell("team", "deleted", {"team": shown})

    def assign(self, team: Team, place: Repository, role: str) -> None:
        """Give a team a role in a repository."""
        is_new = place.id not in team.repositories
        team.repositories[place.id] = role
        if is_new:
            self._tell("team", "added_to_repository", self._both(team, place))

    def withdraw(self, team: Team, place: Repository) -> None:
        """Take a team's role in a repository away."""
        if team.repositories.pop(place.id, None) is not None:
            self._tell("team", "removed_from_repository", self._both(team, place))

    def _teams(self) -> list[Team]:
        return [t for t in self.sandbox.world.teams.values() if t.organisation_id == self.owner.id]

    def _membership(self, who: Account) -> Json:
        return accounts.membership(self.sandbox.world, self.owner, who.id)

    def _shape(self, team: Team) -> Json:
        return accounts.team(self.sandbox.world, team)

    def _both(self, team: Team, place: Repository) -> Json:
        return {"team": self._shape(team), "repository": repository(self.sandbox.world, place)}

    def _tell_membership(self, action: str, team: Team, who: Account) -> None:
        member = accounts.user(self.sandbox.world, who.id)
        self._tell("membership", action, {"scope": "team", "member": member, "team": self._shape(team)})

    def _tell(self, event: str, action: str, payload: Json) -> None:
        self.sandbox.emit_organisation(self.owner, event, action, payload, self.doer)

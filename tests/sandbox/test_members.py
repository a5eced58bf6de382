"""Who belongs to an organisation, a team, a repository, and which App is told of a change."""

import pytest

from bot.sandbox.client import Refused
from tests.sandbox.conftest import World
from tests.sandbox.published import held


async def test_removing_a_member_takes_teams_and_every_role_and_tells_of_each(world: World) -> None:
    team = world.acme.team("operators", world.writer)
    world.acme.assign(team, world.vault, "maintain")
    world.vault.grant(world.writer, "write")
    world.acme.admit(world.admin, "admin")
    assert (await world.writer.http.get(world.vault.path))["id"] == world.vault.id
    await held(world.admin.http, "DELETE", "/orgs/acme/members/writer", status=204)
    await world.story.settle()
    left = world.mailbox.of("organization.member_removed")[0]
    assert left["membership"]["user"]["login"] == "writer"
    assert (left["membership"]["state"], left["membership"]["role"]) == ("inactive", "unaffiliated")
    assert left["sender"]["login"] == "admin"
    assert "repository" not in left
    out = world.mailbox.of("membership.removed")[0]
    assert (out["member"]["login"], out["team"]["slug"], out["scope"]) == ("writer", "operators", "team")
    assert (await world.writer.http.ask("GET", world.vault.path)).status == 404
    assert (await world.bot().get(f"{world.widgets.path}/collaborators/writer/permission"))["role_name"] == "read"


async def test_expelling_on_the_web_does_the_same(world: World) -> None:
    world.acme.team("operators", world.writer)
    world.acme.expel(world.writer, by=world.admin)
    await world.story.settle()
    assert world.mailbox.of("organization.member_removed")[0]["sender"]["login"] == "admin"
    assert len(world.mailbox.of("membership.removed")) == 1
    answer = await world.bot().ask("GET", "/orgs/acme/teams/operators/memberships/writer")
    assert answer.status == 404


async def test_only_owners_remove_members_and_never_the_last_owner(world: World) -> None:
    world.acme.admit(world.admin, "admin")
    world.acme.admit(world.writer)
    for path in ("/orgs/acme/members/admin", "/orgs/acme/memberships/admin"):
        assert (await world.writer.http.ask("DELETE", path)).status == 403
        assert (await world.bot().ask("DELETE", path)).status == 403
        assert (await world.admin.http.ask("DELETE", path)).status == 403
    assert (await world.admin.http.ask("DELETE", "/orgs/acme/memberships/nobody")).status == 404


async def test_an_invited_person_is_pending_and_has_nothing_until_they_accept(world: World) -> None:
    world.acme.admit(world.admin, "admin")
    team = world.acme.team("operators")
    world.acme.assign(team, world.vault, "write")
    path = "/orgs/acme/teams/operators/memberships/outsider"
    assert (await held(world.admin.http, "PUT", path, {"role": "member"}))["state"] == "pending"
    assert (await held(world.bot(), "GET", path))["state"] == "pending"
    assert (await held(world.bot(), "GET", "/orgs/acme/memberships/outsider"))["state"] == "pending"
    assert (await world.bot().ask("GET", "/orgs/acme/members/outsider")).status == 404
    assert (await world.outsider.http.ask("GET", world.vault.path)).status == 404
    await world.story.settle()
    assert "membership.added" not in world.mailbox.names()
    accepted = await held(world.outsider.http, "PATCH", "/user/memberships/orgs/acme", {"state": "active"})
    assert accepted["state"] == "active"
    assert (await held(world.bot(), "GET", path))["state"] == "active"
    assert (await world.outsider.http.get(world.vault.path))["id"] == world.vault.id
    await world.story.settle()
    for name in ("organization.member_added", "membership.added"):
        told = world.mailbox.of(name)
        assert "outsider" in [t.get("member", t.get("membership", {}).get("user"))["login"] for t in told]


async def test_an_invitation_can_be_taken_back(world: World) -> None:
    world.acme.admit(world.admin, "admin")
    await held(world.admin.http, "PUT", "/orgs/acme/memberships/outsider", {"role": "member"})
    await held(world.admin.http, "DELETE", "/orgs/acme/memberships/outsider", status=204)
    with pytest.raises(Refused) as refused:
        await world.outsider.accept_membership(world.acme)
    assert refused.value.status == 404


async def test_members_of_a_team_below_count_for_the_one_above_and_have_its_roles(world: World) -> None:
    above = world.acme.team("approvers", world.admin)
    below = world.acme.team("night-shift", world.outsider, parent=above)
    world.acme.assign(above, world.vault, "maintain")
    assert (await held(world.bot(), "GET", "/orgs/acme/teams/night-shift"))["parent"]["slug"] == "approvers"
    path = "/orgs/acme/teams/approvers/memberships/outsider"
    assert (await held(world.bot(), "GET", path))["state"] == "active"
    listed = await held(world.bot(), "GET", "/orgs/acme/teams/approvers/members")
    assert {m["login"]: m["inherited"] for m in listed} == {"admin": False, "outsider": True}
    assert world.story.sandbox.world.role(world.vault.repository, world.outsider.id) == "maintain"
    assert (await world.bot().ask("GET", "/orgs/acme/teams/night-shift/memberships/admin")).status == 404
    world.acme.leave(below, world.outsider)
    assert (await world.bot().ask("GET", path)).status == 404
    assert world.story.sandbox.world.role(world.vault.repository, world.outsider.id) == "read"


async def test_an_owner_is_a_maintainer_of_every_team_they_are_in(world: World) -> None:
    world.acme.admit(world.admin, "admin")
    world.acme.team("operators", world.admin, world.writer)
    path = "/orgs/acme/teams/operators/memberships"
    assert (await held(world.bot(), "GET", f"{path}/admin"))["role"] == "maintainer"
    assert (await held(world.bot(), "GET", f"{path}/writer"))["role"] == "member"


async def test_a_teams_maintainer_changes_it_and_a_member_does_not(world: World) -> None:
    team = world.acme.team("operators", world.writer)
    world.acme.join(team, world.triager, "maintainer")
    path = "/orgs/acme/teams/operators/memberships/writer"
    assert (await world.writer.http.ask("DELETE", path)).status == 403
    await held(world.triager.http, "DELETE", path, status=204)
    await world.story.settle()
    assert world.mailbox.of("membership.removed")[0]["sender"]["login"] == "triager"
    outsider = "/orgs/acme/teams/operators/memberships/outsider"
    assert (await world.triager.http.ask("PUT", outsider, {"role": "member"})).status == 403


async def test_a_team_that_loses_a_repository_or_its_life_is_told_of(world: World) -> None:
    world.acme.admit(world.admin, "admin")
    team = world.acme.team("operators", world.outsider)
    world.acme.team("night-shift", world.writer, parent=team)
    world.vault.grant(world.admin, "admin")
    place = f"/orgs/acme/teams/operators{world.vault.path}"
    await held(world.admin.http, "PUT", place, {"permission": "push"}, 204)
    await held(world.admin.http, "DELETE", place, status=204)
    await held(world.admin.http, "DELETE", "/orgs/acme/teams/operators", status=204)
    await world.story.settle()
    gone = world.mailbox.of("team.removed_from_repository")[0]
    assert (gone["team"]["slug"], gone["repository"]["id"]) == ("operators", world.vault.id)
    assert {t["team"]["slug"] for t in world.mailbox.of("team.deleted")} == {"night-shift", "operators"}
    assert (await world.bot().ask("GET", "/orgs/acme/teams/night-shift")).status == 404


async def test_a_collaborator_is_invited_added_edited_and_removed(world: World) -> None:
    path = f"{world.widgets.path}/collaborators/outsider"
    made = await held(world.admin.http, "PUT", path, {"permission": "push"}, 201)
    assert world.story.sandbox.world.role(world.widgets.repository, world.outsider.id) == "read"
    door = f"/user/repository_invitations/{made['id']}"
    assert (await world.writer.http.ask("PATCH", door)).status == 404
    await held(world.outsider.http, "PATCH", door, status=204)
    await held(world.admin.http, "PUT", path, {"permission": "maintain"}, 204)
    world.widgets.grant(world.outsider, "triage", by=world.admin)
    await held(world.admin.http, "DELETE", path, status=204)
    await world.story.settle()
    added = next(told for told in world.mailbox.of("member.added") if told["member"]["login"] == "outsider")
    assert added["changes"] == {"permission": {"to": "write"}, "role_name": {"to": "write"}}
    edited = [told["changes"]["permission"] for told in world.mailbox.of("member.edited")]
    assert sorted(change["to"] for change in edited) == ["read", "write"]  # Deliveries come in any order.
    assert world.mailbox.of("member.removed")[0]["member"]["login"] == "outsider"


@pytest.mark.parametrize(("missing", "from_events"), [("members", False), ("organization", True)])
async def test_an_app_without_the_permission_or_the_subscription_is_not_told(
    world: World, missing: str, from_events: bool
) -> None:
    if from_events:
        world.installation.events.remove(missing)
    else:
        del world.installation.permissions[missing]
    world.acme.admit(world.writer)
    world.widgets.grant(world.writer, "none")
    world.acme.expel(world.writer)
    await world.story.settle()
    told = {name.split(".")[0] for name in world.mailbox.names()}
    assert told == ({"installation", "member"} if from_events else {"installation"})


async def test_an_app_on_chosen_repositories_hears_of_the_organisation_but_another_account_does_not(
    world: World,
) -> None:
    other = world.story.organisation("other")
    other.admit(world.writer)
    world.acme.admit(world.writer)
    await world.story.settle()
    assert [t["organization"]["login"] for t in world.mailbox.of("organization.member_added")] == ["acme"]

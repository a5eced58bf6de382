"""Deliveries: signed, logged, never retried, sent again on demand; and their shapes."""

import hashlib
import hmac

from tests.contract.descriptions import webhook_faults, webhook_names
from tests.sandbox.conftest import World


async def test_a_delivery_is_signed_over_its_bytes(world: World) -> None:
    await world.outsider.open_issue(world.widgets, "Site “ü”")
    await world.story.settle()
    headers, body, _ = world.mailbox.received[-1]
    expected = hmac.new(world.app.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert headers["X-GitHub-Event"] == "issues"
    assert headers["X-GitHub-Hook-Installation-Target-ID"] == str(world.app.id)


async def test_a_failed_delivery_is_not_retried_but_can_be_sent_again(world: World) -> None:
    world.mailbox.status = 500
    await world.outsider.open_issue(world.widgets, "Site")
    await world.story.settle()
    assert world.mailbox.names().count("issues.opened") == 1
    failed = (await world.signed().get("/app/hook/deliveries", status="failure"))[0]
    assert (failed["status_code"], failed["event"], failed["redelivery"]) == (500, "issues", False)
    world.mailbox.status = 202
    await world.signed().post(f"/app/hook/deliveries/{failed['id']}/attempts")
    await world.story.settle()
    guids = [
        headers["X-GitHub-Delivery"]
        for headers, _, _ in world.mailbox.received
        if headers["X-GitHub-Event"] == "issues"
    ]
    assert guids == [failed["guid"]] * 2
    again = (await world.signed().get("/app/hook/deliveries"))[0]
    assert (again["redelivery"], again["status_code"]) == (True, 202)
    whole = await world.signed().get(f"/app/hook/deliveries/{again['id']}")
    assert whole["request"]["payload"]["action"] == "opened"


async def test_a_receiver_that_is_down_is_noted(world: World) -> None:
    world.app.webhook_url = "http://127.0.0.1:9/nowhere"
    await world.outsider.open_issue(world.widgets, "Site")
    await world.story.settle()
    assert world.story.sandbox.webhooks.log[-1].status == "failed to connect to host"


async def test_deliveries_come_in_pages_by_cursor(world: World) -> None:
    for number in range(3):
        await world.outsider.open_issue(world.widgets, f"Issue {number}")
    await world.story.settle()
    answer = await world.signed().ask("GET", "/app/hook/deliveries", query={"per_page": "2"})
    following = answer.headers["Link"].split(">")[0].removeprefix("<")
    rest = await world.signed().get(following)
    ids = [d["id"] for d in answer.body + rest]
    assert ids == sorted({d.id for d in world.story.sandbox.webhooks.log}, reverse=True)


async def test_deliveries_are_forgotten_after_three_days(world: World) -> None:
    await world.outsider.open_issue(world.widgets, "Site")
    await world.story.settle()
    assert await world.signed().get("/app/hook/deliveries")
    world.clock.now += 3 * 24 * 3600 + 1
    assert await world.signed().get("/app/hook/deliveries") == []


async def test_an_app_hears_only_of_its_repositories_events_and_permissions(world: World) -> None:
    world.installation.events.remove("label")
    world.installation.permissions["contents"] = "none"
    world.vault.grant(world.writer, "write")
    await world.writer.open_issue(world.vault, "Secret")
    await world.admin.http.post(f"{world.widgets.path}/labels", {"name": "x"})
    await world.writer.push(world.widgets, {"a.txt": "one\n"})
    await world.story.settle()
    assert not [n for n in world.mailbox.names() if n in ("issues.opened", "label.created", "push")]


async def talk(world: World) -> None:
    """One of everything that people say."""
    admin, widgets, bot = world.admin, world.widgets, world.bot()
    issue = await admin.open_issue(widgets, "Site", "body", ["bug", "new"])
    comment = await admin.comment(widgets, issue["number"], "hi")
    await admin.edit_comment(widgets, comment["id"], "ho")
    await admin.delete_comment(widgets, comment["id"])
    await bot.post(f"{widgets.path}/issues/{issue['number']}/comments", {"body": "plan"})
    await admin.edit_issue(
        widgets, issue["number"], title="New", labels=["bug"], state="closed", assignees=["admin"]
    )
    await admin.edit_issue(widgets, issue["number"], state="open", assignees=[])
    await admin.push(widgets, {"a/b.txt": "one\n", "README.md": None}, "feature")
    pull = await admin.open_pull(widgets, "feature")
    await admin.push(widgets, {"a/b.txt": "two\n"}, "feature")
    await admin.http.patch(f"{widgets.path}/pulls/{pull['number']}", {"title": "Other"})
    await admin.label(widgets, pull["number"], "bug")
    await admin.http.post(f"{widgets.path}/pulls/{pull['number']}/requested_reviewers", {"reviewers": ["writer"]})
    review = await world.writer.review(widgets, pull["number"], "APPROVE")
    await admin.http.put(
        f"{widgets.path}/pulls/{pull['number']}/reviews/{review['id']}/dismissals", {"message": "no"}
    )


async def report(world: World) -> None:
    """One of everything that machines say, and of what happens to a repository and an installation."""
    admin, widgets, bot = world.admin, world.widgets, world.bot()
    sha = await widgets.head("feature")
    action = {"label": "Go", "description": "d", "identifier": "go"}
    run = await bot.post(f"{widgets.path}/check-runs", {"name": "plan", "head_sha": sha, "actions": [action]})
    await bot.patch(f"{widgets.path}/check-runs/{run['id']}", {"conclusion": "success"})
    await admin.http.post(f"{widgets.path}/check-runs/{run['id']}/rerequest")
    widgets.press(admin, run["id"], "go")
    deployment = await bot.post(f"{widgets.path}/deployments", {"ref": sha, "environment": "prod"})
    await bot.post(f"{widgets.path}/deployments/{deployment['id']}/statuses", {"state": "success"})
    await admin.merge(widgets, 2)
    release = await bot.post(f"{widgets.path}/releases", {"tag_name": "v1", "name": "One"})
    await bot.delete(f"{widgets.path}/releases/{release['id']}")
    await bot.delete(f"{widgets.path}/git/refs/heads/feature")
    await admin.http.patch(f"{widgets.path}/labels/new", {"new_name": "newer"})
    await admin.http.delete(f"{widgets.path}/labels/newer")
    invitation = await admin.http.put(f"{widgets.path}/collaborators/outsider", {"permission": "pull"})
    await world.outsider.http.patch(f"/user/repository_invitations/{invitation['id']}", {})
    await admin.http.put(f"{widgets.path}/collaborators/outsider", {"permission": "push"})
    await admin.http.delete(f"{widgets.path}/collaborators/outsider")
    await admin.http.patch(widgets.path, {"name": "gadgets", "description": "new", "private": True})
    await admin.http.patch(widgets.path, {"archived": True})
    await admin.http.patch(widgets.path, {"archived": False})
    world.story.include(world.installation, world.vault)
    world.story.exclude(world.installation, world.vault)
    await world.signed().put(f"/app/installations/{world.installation.id}/suspended")
    await world.signed().delete(f"/app/installations/{world.installation.id}/suspended")
    await world.signed().delete(f"/app/installations/{world.installation.id}")
    await world.story.settle()


async def test_every_payload_has_the_shape_that_github_publishes(world: World) -> None:
    webhook_names()  # Skips at once where the description is not installed.
    await talk(world)
    await report(world)
    told = [(headers["X-GitHub-Event"], payload) for headers, _, payload in world.mailbox.received]
    assert [fault for event, payload in told for fault in webhook_faults(event, payload)] == []
    assert len(set(world.mailbox.names())) >= 40

"""Two organisations on one bot that use the same names: nothing of the one moves anything of the other (T53)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.case import case_key
from bot.domain.workflow import PATH
from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.stage import Stage
from tests.attacks.test_t53_same_names import Second, settle_in
from tests.stories.words import LABEL, body

KIND = "cross-tenant"
Run = Callable[[Stage], Awaitable[Any]]


async def open_second(stage: Stage) -> None:
    """Globex installs the App too; its issue with the same words has its plan, and its owner is Carl."""
    await stage.plan()
    await stage.free()
    other: Second = await settle_in(stage.scene)
    stage.other = other
    issue = await other.anna.open_issue(other.product, "Website for Acme", body(), [LABEL])
    await stage.scene.settle()
    shown = (await other.comments(issue["number"]))[0]
    found = re.search(r"/approve (v1-[0-9a-f]{12})", shown)
    assert found, shown
    other.site.number, other.site.line = issue["number"], f"/approve {found[1]}"  # type: ignore[attr-defined]
    other.site.case = case_key(other.product.id, issue["node_id"])  # type: ignore[attr-defined]
    await stage.hold()
    assert issue["number"] == stage.number, "the same number in a repository of the same name"


async def there(stage: Stage, who: Any, text: str) -> Any:
    """Somebody comments on Globex' issue."""
    made = await who.comment(stage.other.product, stage.other.site.number, text)
    await stage.quiet()
    return made


async def carl_here(stage: Stage) -> Any:
    await stage.says(stage.other.carl, stage.line)
    return await stage.says(stage.other.carl, stage.other.site.line)


async def bert_there(stage: Stage) -> Any:
    await there(stage, stage.bert, stage.line)
    return await there(stage, stage.bert, stage.other.site.line)


async def right_person_wrong_line(stage: Stage) -> Any:
    """Each approver says the other house's line at home."""
    await there(stage, stage.other.carl, stage.line)
    return await stage.says(stage.bert, stage.other.site.line)


async def owner_there(stage: Stage) -> Any:
    for text in (
        "/override plan I own the other one",
        "/cancel",
        "/hold",
        "/reject no",
        "/erase",
        "/unlock production",
    ):
        await there(stage, stage.olga, text)
        await stage.says(stage.other.carl, text)
    return stage.olga.login


async def review_across(stage: Stage) -> Any:
    """Carl reviews our plan pull request, Bert theirs."""
    await stage.other.carl.review(stage.product, (await stage.pull())["number"], "APPROVE")
    [pull] = await stage.bert.http.get(f"{stage.other.product.path}/pulls")
    return await stage.bert.review(stage.other.product, pull["number"], "APPROVE")


async def team_of_the_same_name(stage: Stage) -> Any:
    """A team of Globex bears the name of one here and has the role there."""
    organisation = stage.scene.story.organisation("initech")
    team = organisation.team("leads", stage.mallory)
    organisation.assign(team, stage.scene.story.repository("initech/website"), "admin")
    return await stage.says(stage.mallory, stage.line)


async def comment_of_theirs(stage: Stage) -> Any:
    """A comment of Globex edited into an approval, and one deleted."""
    made = await there(stage, stage.other.carl, "Fine.")
    await stage.other.carl.edit_comment(stage.other.product, made["id"], stage.line)
    await stage.quiet()
    await stage.other.carl.delete_comment(stage.other.product, made["id"])
    return made["id"]


def as_a_job_there(**other: Any) -> Run:
    """A token of a job in Globex' operations repository claims our leg."""

    async def run(stage: Stage) -> Any:
        place = stage.other.operations
        claims = stage.claims(
            repository_id=str(place.id),
            repository="globex/millwright-ops",
            repository_owner="globex",
            workflow_ref=f"globex/millwright-ops/{PATH}@refs/heads/main",
            **other,
        )
        return await stage.claim(claims)

    return run


async def by_hand_there(stage: Stage) -> Any:
    """Carl dispatches his own workflow with the inputs of our run; its job claims our leg."""
    made = await stage.by_hand(stage.other.carl, stage.other.operations)
    await stage.claim(stage.claims(run=made))
    return await stage.claim(stage.claims("execute", run=made), "execute")


async def named_after_us(stage: Stage) -> Any:
    """That token, in which only the number of the repository is Globex' own."""
    made = await stage.by_hand(stage.other.carl, stage.other.operations)
    actor = str(stage.cast.app.bot_id)
    names = {"repository": "acme/millwright-ops", "workflow_ref": f"acme/millwright-ops/{PATH}@refs/heads/main"}
    return await stage.claim(stage.claims(run=made, actor_id=actor, run_id=str(stage.run.id), **names))


async def their_case_by_our_job(stage: Stage) -> Any:
    return await stage.claim(stage.claims(), case=stage.other.site.case)


async def their_case_by_their_job(stage: Stage) -> Any:
    """Carl's job claims Globex' own case, of which nothing was approved."""
    made = await stage.by_hand(stage.other.carl, stage.other.operations, case=stage.other.site.case)
    return await stage.claim(stage.claims(run=made), case=stage.other.site.case)


async def our_session_there(stage: Stage) -> Any:
    """With our job's session key a leg of another name is journalled and ended, as the other house's would be."""
    entry = {"entry": "step_started", "step": "globex", "attempt": 1}
    await stage.tells("journal", {"lines": [{"n": 1, "at": "2026-01-01T00:00:00.000000Z", "body": entry}]})
    done = {"leg": "globex", "outcome": "completed", "lines": 0, "files": [], "artifact": "millwright-website"}
    return await stage.tells("done", done)


async def run_named_as_ours(stage: Stage) -> Any:
    """A run of Globex bears our run's name and ends."""
    made = await stage.by_hand(stage.other.carl, stage.other.operations)
    assert made.title == stage.run.title
    await stage.other.carl.http.post(f"{stage.other.operations.path}/actions/runs/{made.id}/cancel")
    await stage.quiet()
    return made.id


async def check_with_our_mark(stage: Stage) -> Any:
    """A check run in Globex' repository is asked for again; a writer there has given it our case's mark."""
    for one in list(stage.other.product.repository.check_runs.values()):
        one.external_id = f"{stage.case}/plan/v1"
        await stage.other.carl.http.post(f"{stage.other.product.path}/check-runs/{one.id}/rerequest")
    return stage.case


async def suspended_there(stage: Stage) -> Any:
    """Globex suspends the App and takes it back; nothing of ours stands still for it."""
    world = stage.scene.story.sandbox.world
    theirs = next(i for i in world.installations.values() if world.accounts[i.account_id].login == "globex")
    stage.scene.story.suspend(theirs, stage.other.carl)
    await stage.quiet()
    stage.scene.story.unsuspend(theirs, stage.other.carl)
    return theirs.id


async def policy_points_at_us(stage: Stage) -> Any:
    """Globex' policy names our operations repository, and our product as one of its own."""
    path = ".github/millwright.yml"
    text = str(await stage.other.operations.read(path))
    changed = text.replace("operations: globex/millwright-ops", "operations: acme/millwright-ops")
    changed = changed.replace("repository: globex/website", "repository: acme/website")
    assert changed != text
    await stage.other.carl.push(stage.other.operations, {path: changed})
    await stage.quiet()
    await stage.says(stage.other.carl, stage.line)
    await there(stage, stage.other.carl, stage.other.site.line)
    await stage.other.carl.push(stage.other.operations, {path: text})
    return changed


async def moved_within(stage: Stage) -> Any:
    """The issue goes to a repository of ours where Wim may approve, and he says the line there."""
    place = stage.scene.story.repository(f"acme/annex-{stage.number}")
    place.grant(stage.wim, "admin")
    place.label(LABEL)
    moved = await stage.product.transfer_issue(stage.olga, stage.number, place)
    await stage.quiet()
    return await stage.wim.comment(place, moved.number, stage.line)


P, D, C = Given.PLANNED, Given.DISPATCHED, Given.CLAIMED
FROZEN_THERE = frozenset({"house.*", "capability.*@there"})
MOVED = frozenset({"house.*", "repository.moved", "capability.cancelled", "capability.opened", "effect:ClosePull"})
ATTACKS = tuple(
    Attack(name, "T53", KIND, run, given, honest, spoils)
    for name, run, given, honest, spoils in (
        ("the other house's approver approves here", carl_here, P, frozenset(), False),
        ("our approver approves there", bert_there, P, frozenset(), False),
        ("each approver says the other house's line at home", right_person_wrong_line, P, frozenset(), False),
        ("owners command in the other house", owner_there, P, frozenset(), False),
        ("reviews across the houses", review_across, P, frozenset(), False),
        ("a team of the same name in a third house", team_of_the_same_name, P, frozenset(), False),
        ("a comment there edited into our approval, and deleted", comment_of_theirs, P, frozenset(), False),
        ("a check run there with our case's mark", check_with_our_mark, P, frozenset(), False),
        ("a policy there that names our repositories", policy_points_at_us, P, frozenset(), False),
        ("a job there claims our leg", as_a_job_there(run_id="4711"), D, frozenset(), False),
        ("a job there claims our leg under our run's number", as_a_job_there(), D, frozenset(), False),
        ("their workflow dispatched with our inputs", by_hand_there, D, frozenset(), False),
        ("a job there with our names in its token", named_after_us, D, frozenset(), False),
        ("our job claims their case", their_case_by_our_job, D, frozenset(), False),
        ("their job claims their case, which nobody approved", their_case_by_their_job, D, frozenset(), False),
        ("a run there that bears our run's name", run_named_as_ours, D, frozenset(), False),
        ("the App suspended there", suspended_there, D, FROZEN_THERE, False),
        ("our session key for a leg of theirs", our_session_there, C, frozenset(), False),
        ("our issue moved to where a writer is an admin", moved_within, P, MOVED, True),
    )
)  # fmt: skip

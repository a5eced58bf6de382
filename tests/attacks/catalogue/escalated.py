"""People who ask for more than they may: approvals, overrides, commands, labels, pull requests from forks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.attacks.catalogue.attack import RIGHTS, Attack, Given
from tests.attacks.catalogue.stage import Stage
from tests.stories.words import LABEL, acme, token

KIND = "escalated"
POLICY = ".github/millwright.yml"
Run = Callable[[Stage], Awaitable[Any]]


def approves(who: str) -> Run:
    """Somebody says the line that the sticky comment shows, on the issue and on the pull request."""

    async def run(stage: Stage) -> Any:
        await stage.says(getattr(stage, who), stage.line)
        return await stage.says(getattr(stage, who), stage.line, (await stage.pull())["number"])

    return run


def commands(who: str, *lines: str) -> Run:
    """Somebody says commands that are not theirs to say."""

    async def run(stage: Stage) -> Any:
        for text in lines:
            await stage.says(getattr(stage, who), text)
        return lines

    return run


def reviews(who: str) -> Run:
    """Somebody approves the plan pull request as a reviewer."""

    async def run(stage: Stage) -> Any:
        number = (await stage.pull())["number"]
        given = await getattr(stage, who).review(stage.product, number, "APPROVE", stage.line)
        await stage.quiet()
        return given

    return run


async def author_in_a_second_role(stage: Stage) -> Any:
    """The author is given the approver's role, and then a team's."""
    stage.product.grant(stage.anna, "maintain")
    await approves("anna")(stage)
    team = stage.cast.organisation.team(f"leads-{stage.number}", stage.anna)
    stage.cast.organisation.assign(team, stage.product, "admin")
    await approves("anna")(stage)
    await reviews("anna")(stage)
    stage.cast.organisation.disband(team)
    stage.cast.organisation.expel(stage.anna)
    stage.product.grant(stage.anna, "write")
    return team.slug


async def edited_by_an_owner(stage: Stage) -> None:
    """Olga edits the briefing, and the plan of that has its preview."""
    await stage.olga.edit_issue(stage.product, stage.number, body=acme(contact_email="olga@acme.example"))
    await stage.settle()


async def editor_approves(stage: Stage) -> Any:
    line = f"/approve {await token(stage.scene, stage.number)}"
    assert "v2-" in line
    return await stage.says(stage.olga, line)


async def author_overrides(stage: Stage) -> Any:
    """The author is an admin by now, and overrides alone; it is noted, and a second admin would be needed."""
    stage.product.grant(stage.anna, "admin")
    made = await stage.says(stage.anna, "/override plan nobody else is here")
    await stage.says(stage.anna, "/run")
    await stage.says(stage.anna, "/withdraw")
    stage.product.grant(stage.anna, "write")
    return made


async def two_are_asked_for(stage: Stage) -> None:
    """From now on the policy asks for two approvers, and a plan is made under it."""
    text = str(await stage.operations.read(POLICY))
    await stage.olga.push(stage.operations, {POLICY: f"{text}approval:\n  MEDIUM: {{count: 2}}\n"})
    await stage.plan()


async def one_for_two(stage: Stage) -> Any:
    """Bert approves on the issue, on the pull request, and by two reviews."""
    number = (await stage.pull())["number"]
    for place in (stage.number, number, stage.number):
        await stage.says(stage.bert, stage.line, place)
    for _ in range(2):
        await stage.bert.review(stage.product, number, "APPROVE")
        await stage.quiet()
    return await stage.says(stage.wim, stage.line)


async def outsiders_form(stage: Stage) -> Any:
    issue = await stage.product.form(stage.mallory, "Free website", acme(), [LABEL])
    await stage.quiet()
    for text in ("/plan", "/plan publish", "/run", "/approve v1-000000000000"):
        await stage.says(stage.mallory, text, issue.number)
    return issue.number


async def outsiders_label(stage: Stage) -> Any:
    body = {"title": "Free website", "body": acme(), "labels": [LABEL, "state:approved", "approved"]}
    issue = await stage.mallory.http.post(f"{stage.product.path}/issues", body)
    await stage.quiet()
    return issue["number"]


async def states_by_label(stage: Stage) -> Any:
    await stage.wim.label(stage.product, stage.number, "state:approved", "state:completed", "approved", "override")
    await stage.quiet()
    return await stage.wim.http.delete(f"{stage.product.path}/issues/{stage.number}/labels/state:validated")


async def fork_pull(stage: Stage) -> Any:
    fork = stage.scene.story.fork(stage.product, stage.mallory)
    pull = await stage.pull()
    await stage.mallory.push(
        fork, {".millwright/WEB-1/plan.json": "{}"}, branch=pull["head"]["ref"], message=stage.line
    )
    title = f"{pull['title']} {stage.line}"
    made = await stage.mallory.open_pull(
        stage.product, f"mallory:{pull['head']['ref']}", title=title, body=pull["body"]
    )
    await stage.quiet()
    await stage.says(stage.bert, stage.line, made["number"])
    return made["number"]


EVERY = ("/cancel", "/hold", "/resume", "/reject no", "/retry", "/rollback", "/run", "/withdraw",
         "/unlock production", "/lock production",
         "/erase", "/override plan I say so")  # fmt: skip
P, D, C, E = Given.PLANNED, Given.DISPATCHED, Given.CLAIMED, Given.COMPLETED
SKETCH = frozenset({"capability.opened", "plan.generated", "plan.requested"})
"""An outsider's issue gets a plan as a comment, and nothing else (T60)."""
ATTACKS = (
    Attack("an outsider approves", "T3", KIND, approves("mallory"), P),
    Attack("a reader approves", "T3", KIND, approves("rita"), P),
    Attack("somebody with triage approves", "T3", KIND, approves("thea"), P),
    Attack("a writer approves", "T3", KIND, approves("wim"), P),
    Attack("the author approves", "T1", KIND, approves("anna"), P),
    Attack("the author approves in a second role", "T1", KIND, author_in_a_second_role, P, RIGHTS),
    Attack("a reader approves by a review", "T14", KIND, reviews("rita"), P),
    Attack("a writer approves by a review", "T14", KIND, reviews("wim"), P),
    Attack("the author approves by a review", "T14", KIND, reviews("anna"), P),
    Attack("an outsider says every command", "T60", KIND, commands("mallory", *EVERY), P),
    Attack("a reader says every command", "T3", KIND, commands("rita", *EVERY), P),
    Attack("a writer overrides", "T15", KIND, commands("wim", "/override plan it is late",
                                                       "/override budget x"), P),
    Attack("a maintainer overrides", "T15", KIND, commands("bert", "/override plan it is late"), P),
    Attack("an owner overrides what nobody overrides", "T15", KIND,
           commands("olga", "/override rollback x", "/override drift x", "/override lock x",
                    "/override preview x"), P),
    Attack("an owner overrides without a reason, or another plan", "T15", KIND,
           commands("olga", "/override", "/override plan", "/override plan v9-000000000000 x",
                    "/override Plan x"), P),
    Attack("a writer lets go on what nobody approved", "T3", KIND, commands("wim", "/run", "/resume",
        "/retry"), P),
    Attack("the author, an admin by now, overrides alone", "T15", KIND, author_overrides, P,
           RIGHTS | {"override.used:anna", "withdrawal.requested"}),
    Attack("an outsider's form chooses a lane", "T4", KIND, outsiders_form, P, SKETCH),
    Attack("an outsider puts labels on", "T4", KIND, outsiders_label, P, SKETCH),
    Attack("a writer puts on the labels of an approval", "T4", KIND, states_by_label, P),
    Attack("a pull request from a fork that looks like ours", "T5", KIND, fork_pull, P),
    Attack("a reader takes back another one's approval", "T3", KIND, commands("rita", "/withdraw", "/cancel"), D),
    Attack("a writer takes back what is done", "T50", KIND, commands("wim", "/rollback", "/retry", "/erase"), E),
    Attack("the author takes back what is done", "T50", KIND, commands("anna", "/rollback",
        "/rollback website"), E),
    Attack("an editor approves their own words", "T1", KIND, editor_approves, P, spoils=True,
           first=edited_by_an_owner),
    Attack("one approver counts for two", "T3", KIND, one_for_two, P, frozenset({"approval.given:bert"}),
           spoils=True,
           first=two_are_asked_for),
)  # fmt: skip

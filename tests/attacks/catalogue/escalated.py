"""People and jobs that ask for more than they may: approvals, commands, and the workflow dispatched by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.workflow import PATH
from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.stage import Stage
from tests.stories.words import LABEL, acme, token

KIND = "escalated"
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


def before_the_claim(change: Callable[[Stage], None], restore: Callable[[Stage], None]) -> Run:
    """Something is taken from the approver after the approval; then the job claims."""

    async def run(stage: Stage) -> Any:
        change(stage)
        answer = await stage.claim(stage.claims())
        await stage.claim(stage.claims("execute"), "execute")
        restore(stage)
        await stage.quiet()
        return answer

    return run


async def approved_by_a_team(stage: Stage) -> None:
    """Rita may approve as a member of a team, and does."""
    house = stage.cast.organisation
    team = house.team(f"reviewers-{stage.number}", stage.rita)
    house.assign(team, stage.product, "maintain")
    await stage.says(stage.rita, stage.line)
    assert stage.phase == "executing"


async def left_the_team(stage: Stage) -> Any:
    """Before the job claims, the team is no more; GitHub's word of it is lost on the way."""
    house, world = stage.cast.organisation, stage.scene.story.sandbox.world
    url, stage.cast.app.webhook_url = stage.cast.app.webhook_url, ""
    house.disband(next(team for team in world.teams.values() if team.slug == f"reviewers-{stage.number}"))
    await stage.quiet()
    stage.cast.app.webhook_url = url
    answer = await stage.claim(stage.claims())
    house.expel(stage.rita)
    stage.product.grant(stage.rita, "read")
    return answer


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


async def by_hand(stage: Stage) -> Any:
    """A writer dispatches the workflow with the inputs of the run that waits; its jobs claim with their tokens."""
    made = await stage.by_hand(stage.wim)
    await stage.claim(stage.claims(run=made))
    return await stage.claim(stage.claims("execute", run=made), "execute")


async def from_a_branch(stage: Stage) -> Any:
    """The same from a branch on which the workflow prints the secrets."""
    text = str(await stage.operations.read(PATH)).replace("timeout-minutes: 10", "timeout-minutes: 9")
    await stage.wim.push(stage.operations, {PATH: text}, branch=f"mine-{stage.number}")
    made = await stage.by_hand(stage.wim, ref=f"mine-{stage.number}")
    await stage.claim(stage.claims(run=made))
    return await stage.claim(stage.claims(run=made, run_id=str(stage.run.id)))


async def with_other_inputs(stage: Stage) -> Any:
    made = await stage.by_hand(stage.wim, nonce="0" * 32, leg="deploy")
    return await stage.claim(stage.claims(run=made), nonce="0" * 32, leg="deploy")


async def as_our_job_by_hand(stage: Stage) -> Any:
    """The token of a run by hand in the place of ours: only the number of the run is not what was dispatched."""
    made = await stage.by_hand(stage.wim)
    actor = str(stage.cast.app.bot_id)
    return await stage.claim(stage.claims(run=made, actor_id=actor))


async def without_environment(stage: Stage) -> Any:
    """The job `admit`, which enters no environment and waits for nobody, asks for what `execute` is given."""
    await stage.claim(stage.claims(), "execute")
    return await stage.claim(stage.claims("execute", environment=None), "execute")


async def of_the_preview(stage: Stage) -> Any:
    """A job of the preview's run, which no approval was needed for, claims what was approved."""
    ours = stage.cast.app.bot_id
    preview = [
        run for run in stage.scene.story.sandbox.actions.runs.values() if run.actor_id == ours and run.is_over
    ]
    await stage.claim(stage.claims(run=preview[-1]))
    return await stage.claim(stage.claims("execute", run=preview[-1]), "execute")


def later(stage: Stage, role: str) -> None:
    stage.product.grant(stage.bert, role)


EVERY = ("/cancel", "/hold", "/resume", "/reject no", "/retry", "/rollback", "/run", "/withdraw",
         "/unlock production",
         "/erase", "/override plan I say so")  # fmt: skip
P, D, C, E = Given.PLANNED, Given.DISPATCHED, Given.CLAIMED, Given.COMPLETED
RIGHTS = frozenset({"house.rights"})
"""GitHub tells that somebody's rights have changed, which is noted."""
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
    Attack("an outsider's form chooses a lane", "T4", KIND, outsiders_form, P, SKETCH),
    Attack("an outsider puts labels on", "T4", KIND, outsiders_label, P, SKETCH),
    Attack("a writer puts on the labels of an approval", "T4", KIND, states_by_label, P),
    Attack("a pull request from a fork that looks like ours", "T5", KIND, fork_pull, P),
    Attack("a reader takes back another one's approval", "T3", KIND, commands("rita", "/withdraw", "/cancel"), D),
    Attack("the workflow dispatched by hand", "T36", KIND, by_hand, D),
    Attack("the workflow dispatched by hand, with other inputs", "T36", KIND, with_other_inputs, D),
    Attack("a changed workflow dispatched from a branch", "T36", KIND, from_a_branch, D),
    Attack("a run by hand that calls itself ours", "T42", KIND, as_our_job_by_hand, D),
    Attack("a job without environment asks for the secrets", "T37", KIND, without_environment, D),
    Attack("a job of the preview asks for the secrets", "T37", KIND, of_the_preview, D),
    Attack("an approver who has lost the role before the job claims", "T3", KIND,
           before_the_claim(lambda s: later(s, "read"), lambda s: later(s, "maintain")), D, RIGHTS),
    Attack("an approver who has left altogether before the job claims", "T3", KIND,
           before_the_claim(lambda s: later(s, "none"), lambda s: later(s, "maintain")), D, RIGHTS),
    Attack("an approver whose team is gone before the job claims", "T6", KIND, left_the_team, P, RIGHTS,
           first=approved_by_a_team),
    Attack("a writer takes back what is done", "T50", KIND, commands("wim", "/rollback", "/retry", "/erase"), E),
    Attack("the author takes back what is done", "T50", KIND, commands("anna", "/rollback",
        "/rollback website"), E),
    Attack("an editor approves their own words", "T1", KIND, editor_approves, P, spoils=True,
           first=edited_by_an_owner),
)  # fmt: skip

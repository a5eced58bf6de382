"""Jobs that ask for more than they may: by hand, of another kind, for people who may not any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.workflow import PATH
from tests.attacks.catalogue.attack import RIGHTS, Attack, Given
from tests.attacks.catalogue.stage import Stage

KIND = "escalated"
Run = Callable[[Stage], Awaitable[Any]]


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


async def cancelled_meanwhile(stage: Stage) -> None:
    await stage.says(stage.bert, "/cancel not today")


async def claims_all_the_same(stage: Stage) -> Any:
    await stage.claim(stage.claims())
    return await stage.claim(stage.claims("execute"), "execute")


def later(stage: Stage, role: str) -> None:
    stage.product.grant(stage.bert, role)


P, D = Given.PLANNED, Given.DISPATCHED
ATTACKS = (
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
    Attack("a job claims what was cancelled meanwhile", "T36", KIND, claims_all_the_same, D, spoils=True,
           first=cancelled_meanwhile),
)  # fmt: skip

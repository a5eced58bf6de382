"""What was right once, once more: deliveries, approvals of before, spent tokens, runs that are over."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.webhooks import Delivery
from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.stage import KEY, Stage
from tests.stories.words import acme
from tests.stories.world import runs

KIND = "replayed"
Run = Callable[[Stage], Awaitable[Any]]


async def again(stage: Stage, sent: Delivery, guid: str = "") -> int:
    """A delivery that GitHub signed, once more, under its own id unless another is given."""
    headers = sent.headers | ({"X-GitHub-Delivery": guid} if guid else {})
    return (await stage.knock("/github", sent.body, headers)).status


async def delivered(stage: Stage, sent: Delivery, times: int, *, anew: bool) -> set[int]:
    """The delivery so many times, fifty at once; the statuses."""
    found: set[int] = set()
    for _ in range(0, times, 50):
        guids = (str(uuid.uuid4()) if anew else "" for _ in range(min(50, times)))
        found |= set(await asyncio.gather(*(again(stage, sent, guid) for guid in guids)))
    await stage.quiet()
    assert found == {202}, found
    return found


def approval(stage: Stage) -> Delivery:
    """Bert's newest approval, as GitHub delivered it."""
    log = reversed(stage.scene.story.sandbox.webhooks.log)
    return next(
        one
        for one in log
        if one.event == "issue_comment"
        and one.action == "created"
        and stage.line in one.payload["comment"]["body"]
    )


async def a_thousand_times(stage: Stage) -> Any:
    return await delivered(stage, approval(stage), 1_000, anew=False)


async def under_other_ids(stage: Stage) -> Any:
    return await delivered(stage, approval(stage), 50, anew=True)


async def in_upper_case(stage: Stage) -> Any:
    sent = approval(stage)
    return await again(stage, sent, sent.guid.upper())


def once_more(event: str, login: str = "", action: str | None = None) -> Run:
    """The newest delivery of that kind, twenty times under other ids."""

    async def run(stage: Stage) -> Any:
        return await delivered(stage, stage.sent(event, login, action), 20, anew=True)

    return run


async def everything(stage: Stage) -> Any:
    log = [one for one in stage.scene.story.sandbox.webhooks.log if one.status_code]
    for one in log[-250:]:
        await again(stage, one, str(uuid.uuid4()))
    await stage.quiet()
    return len(log)


async def suspended(stage: Stage) -> None:
    """The App is suspended, and then it is not any more."""
    [installation] = stage.scene.story.sandbox.world.installations.values()
    stage.scene.story.suspend(installation, stage.olga)
    await stage.quiet()
    stage.scene.story.unsuspend(installation, stage.olga)


async def a_suspension(stage: Stage) -> Any:
    return await delivered(stage, stage.sent("installation", action="suspend"), 2, anew=True)


async def archived(stage: Stage) -> None:
    """The repository is archived, and then it is not any more."""
    for is_archived in (True, False):
        await stage.olga.http.patch(stage.product.path, {"archived": is_archived})
        await stage.quiet()


async def an_archiving(stage: Stage) -> Any:
    return await delivered(stage, stage.sent("repository", action="archived"), 2, anew=True)


async def withdrawn(stage: Stage) -> Any:
    """Bert's approval is delivered once more."""
    return await delivered(stage, approval(stage), 20, anew=True)


async def taken_back(stage: Stage) -> None:
    await stage.says(stage.bert, "/withdraw")


async def of_a_deleted_comment(stage: Stage) -> Any:
    sent = approval(stage)
    await stage.bert.delete_comment(stage.product, stage.approval)
    await stage.quiet()
    return await delivered(stage, sent, 20, anew=True)


async def of_an_older_plan(stage: Stage) -> Any:
    """What was said of the first plan is said again of the second, with its number and without."""
    await stage.says(stage.bert, stage.line)
    return await stage.says(stage.olga, stage.line.replace("v1-", "v2-"))


async def planned_anew(stage: Stage) -> None:
    """The issue is edited and planned anew."""
    await stage.anna.edit_issue(stage.product, stage.number, body=acme(contact_email="a@b.example"))


async def a_spent_token(stage: Stage) -> Any:
    claims = stage.claims(run_attempt="7")
    await stage.claim(claims)
    for _ in range(5):
        await stage.claim(claims)
    return await stage.claim(claims | {"run_attempt": "1"})


async def by_another_key(stage: Stage) -> Any:
    await stage.claim(stage.claims(), client_key="0" * 32)
    return await stage.claim(stage.claims("execute"), "execute", client_key="0" * 32)


async def a_token_for_the_other_job(stage: Stage) -> Any:
    return await stage.claim(stage.claims(), "execute", client_key=KEY)


def line(n: int, **body: Any) -> dict[str, Any]:
    return {"n": n, "at": "2026-01-01T00:00:00.000000Z", "body": body}


async def gaps(stage: Stage) -> Any:
    end = {"entry": "leg_finished", "outcome": "completed"}
    await stage.tells("journal", {"lines": [line(7, **end)]})
    return await stage.tells("journal", {"lines": [line(1, entry="leg_started", verb="execute"), line(1, **end)]})


async def of_another_step(stage: Stage) -> Any:
    await stage.tells("journal", {"lines": [line(1, entry="step_started", step="dns", attempt=1)]})
    return await stage.tells("journal", {"lines": [line(1, entry="leg_started", verb="rollback")]})


async def done_too_early(stage: Stage) -> Any:
    done = {"leg": "website", "outcome": "completed", "lines": 0, "files": [], "artifact": "millwright-website"}
    await stage.tells("done", done)
    return await stage.tells("done", done | {"leg": "deploy", "outcome": "failed"})


def session_of_the_preview(stage: Stage) -> str:
    """The session key of the preview, which is over; it stands masked in the log of its job."""
    run = next(run for run in reversed(runs(stage.scene)) if run.is_over and run.job("execute").log)
    found = re.search(r"::add-mask::([0-9a-f]{64})", "\n".join(run.job("execute").log))
    assert found, "the preview had a session"
    return found[1]


async def a_closed_leg(stage: Stage) -> Any:
    session = session_of_the_preview(stage)
    await stage.tells("journal", {"lines": [line(1, entry="leg_started", verb="execute")]}, session)
    done = {"leg": "website", "outcome": "completed", "lines": 42, "files": [], "artifact": "other"}
    return await stage.tells("done", done, session)


async def claimed_after_the_end(stage: Stage) -> Any:
    await stage.claim(stage.claims())
    return await stage.claim(stage.claims("execute"), "execute")


async def run_again(stage: Stage) -> Any:
    """Olga repeats the run; its jobs claim with the tokens that GitHub gives them for the second attempt."""
    run = stage.run
    await stage.olga.http.post(f"{stage.operations.path}/actions/runs/{run.id}/rerun")
    await stage.quiet()
    await stage.claim(stage.claims(run=run))
    await stage.claim(stage.claims("execute", run=run), "execute")
    await stage.settle()  # its own jobs claim too
    return run.conclusion


async def deleted_and_dispatched(stage: Stage) -> Any:
    """A run is deleted on GitHub, and its inputs are dispatched again by hand (T54)."""
    await stage.olga.http.delete(f"{stage.operations.path}/actions/runs/{stage.run.id}")
    made = await stage.by_hand(stage.olga)
    await stage.claim(stage.claims(run=made))
    return await stage.claim(stage.claims("execute", run=made), "execute")


async def approved_again(stage: Stage) -> Any:
    await stage.says(stage.bert, stage.line)
    return await stage.says(stage.olga, stage.line)


async def reopened(stage: Stage) -> Any:
    """What is done is opened again and approved again, with its old line."""
    await stage.anna.edit_issue(stage.product, stage.number, state="open")
    await stage.quiet()
    return await stage.says(stage.bert, stage.line)


NOTED = frozenset({"house.*"})
"""What GitHub tells of the house is noted once more; no case may stand still for it."""
P, D, C, E = Given.PLANNED, Given.DISPATCHED, Given.CLAIMED, Given.COMPLETED
ATTACKS = (
    Attack("the opening of the issue, twenty times more", "T17", KIND, once_more("issues", "anna", "opened"), P),
    Attack("the label, twenty times more", "T17", KIND, once_more("issues", "anna", "labeled"), P),
    Attack("a push of before, twenty times more", "T17", KIND, once_more("push"), P),
    Attack("the end of a run, twenty times more", "T20", KIND, once_more("workflow_run", action="completed"), P),
    Attack("everything that GitHub ever said, once more", "T17", KIND, everything, P,
           frozenset({"house.installed"})),
    Attack("an approval under its own delivery id, a thousand times", "T17", KIND, a_thousand_times, D),
    Attack("an approval under fifty other delivery ids", "T17", KIND, under_other_ids, D),
    Attack("an approval under its delivery id in upper case", "T17", KIND, in_upper_case, D),
    Attack("a claim with a token that has claimed before", "T41", KIND, a_spent_token, D),
    Attack("an approval that was taken back, delivered again", "T11", KIND, withdrawn, D, first=taken_back),
    Attack("an approval whose comment is gone, delivered again", "T11", KIND, of_a_deleted_comment, D),
    Attack("a claim by another client key", "T54", KIND, by_another_key, C),
    Attack("the first job's token for the second job", "T41", KIND, a_token_for_the_other_job, C),
    Attack("journal lines with a gap, and two of one number", "T41", KIND, gaps, C),
    Attack("journal lines of a step that is not the leg's", "T41", KIND, of_another_step, C),
    Attack("an end that was never journalled", "T41", KIND, done_too_early, C),
    Attack("the session key of a run that is over", "T41", KIND, a_closed_leg, C, spoils=True),
    Attack("a suspension of before, said again", "T20", KIND, a_suspension, P, NOTED, first=suspended),
    Attack("an archiving of before, said again", "T20", KIND, an_archiving, P, NOTED, first=archived),
    Attack("an approval of the plan before this one", "T13", KIND, of_an_older_plan, P, spoils=True,
           first=planned_anew),
    Attack("a claim after the end", "T41", KIND, claimed_after_the_end, E),
    Attack("an approval of what is done", "T13", KIND, approved_again, E),
    Attack("a run that is repeated", "T55", KIND, run_again, E),
    Attack("a deleted run that is dispatched again", "T54", KIND, deleted_and_dispatched, E),
    Attack("what is done, opened again and approved again", "T13", KIND, reopened, E, spoils=True),
)  # fmt: skip

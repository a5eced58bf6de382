"""Dispatching a leg, answering its claims, and the doors that wait."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from bot.domain.case import Case
from bot.domain.effects import Answer, CancelRun, Dispatch, Grant
from bot.domain.ledger import Entry
from bot.domain.people import Repo
from bot.errors import GitHubBusy
from bot.perform.made import made
from bot.ports import DoorAnswer, Hands
from executors.protocol.canonical import canonical
from executors.protocol.plan import Plan
from executors.protocol.spec import SPEC_TYPE, ClaimAnswer

LOOK_EVERY = 15.0
"""Seconds between two looks for a run that may have been dispatched."""
READING = {"contents": "read", "metadata": "read"}
"""What a job's App token may do (T43)."""
WRITING = {"contents": "write", "metadata": "read"}
"""What that of a job may do which pushes to a Pages branch of the repository."""


def operations(plan: Plan, case: Case) -> Repo:
    """The operations repository that the plan is pinned to."""
    pin = plan.workflow
    if pin is None:
        raise AssertionError("a plan without a workflow has no leg to dispatch")
    branch = pin.ref.removeprefix("refs/heads/")
    return Repo(pin.repository_id, pin.repository, case.repo.installation, default_branch=branch)


async def dispatch(effect: Dispatch, case: Case, hands: Hands, *, again: bool) -> list[Entry]:
    """workflow_dispatch with {case, leg, nonce} and nothing else.

    What may have been dispatched already is looked for first, for a minute: raises GitHubBusy meanwhile.
    """
    repo, pin = operations(effect.plan, case), effect.plan.workflow
    path = pin.path if pin else ""
    if effect.verb == "rollback":  # the branch that the plan names may be renamed by now
        repo = (await hands.github.repository(repo)).repo
    run = await hands.github.find_run(repo, path, effect.nonce) if again else None
    if again and run is None and (still := hands.github.look_for(effect.nonce)) > 0:
        why = f"the run of {effect.leg} that may have been dispatched is looked for"
        raise GitHubBusy(why, status=404, retry_after=min(still, LOOK_EVERY))
    if run is None:
        inputs = {"case": case.key, "leg": effect.leg, "nonce": effect.nonce}
        run = await hands.github.dispatch(repo, path, repo.default_branch, inputs)
    if run is None:
        run = await hands.github.find_run(repo, path, effect.nonce)
    if run is None:
        return made(effect, nonce=effect.nonce)
    return made(effect, f"run:{run.id}", nonce=effect.nonce, run_id=run.id, run_url=run.url)


async def grant(effect: Grant, case: Case, hands: Hands, row: int) -> list[Entry]:
    """Signs the spec with every key that a workflow may pin. Session key and App token are stored nowhere."""
    spec, keys = effect.spec, hands.keys
    session = token = None
    if effect.job != "admit":
        session = keys.session(spec.case, spec.leg, spec.nonce, effect.job, effect.client_key)
    if effect.token_repositories:
        token = await hands.github.token(case.repo.installation, effect.token_repositories, _rights(effect))
    envelope, public_keys = keys.sign(canonical(spec.to_json()), SPEC_TYPE)
    answer = ClaimAnswer(spec=envelope, public_keys=public_keys, session=session, token=token)
    hands.answer(row, DoorAnswer(200, answer.to_json()))
    if session is None:
        return made(effect)
    told = hashlib.sha256(session.encode()).hexdigest()
    # The alias lets the doors /runs/journal and /runs/done find the case of a session key.
    return made(effect, f"session:{told}", **{f"session:{spec.nonce}": told})


async def answer(effect: Answer, case: Case, hands: Hands, row: int) -> list[Entry]:
    """Hands the answer to the door that waits. Nothing is recorded: the decision already was."""
    body = dict(effect.body)
    if effect.token_repositories:
        installation = case.repo.installation
        body["token"] = (
            await hands.github.token(installation, effect.token_repositories, _rights(effect))
        ).to_json()
    hands.answer(row, DoorAnswer(effect.status, body))
    return []


def _rights(effect: Grant | Answer) -> Mapping[str, str]:
    return WRITING if effect.token_writes else READING


async def cancel(effect: CancelRun, case: Case, hands: Hands) -> list[Entry]:
    """Asks GitHub to cancel the run."""
    if case.plan is not None:
        await hands.github.cancel_run(operations(case.plan, case), effect.run_id)
    return made(effect)

"""The plan pull request, check runs and deployments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import say as words
from bot.domain.case import Case
from bot.domain.effects import Check, ClosePull, Deployment, OpenPull
from bot.domain.ledger import Entry
from bot.perform import pull_files
from bot.perform.made import made
from bot.ports import CheckText, Hands


async def open_pull(effect: OpenPull, case: Case, hands: Hands) -> list[Entry]:
    """The branch with the plan's files, and its pull request; both are found again before they are made."""
    text = words.pull(effect.text)
    plan = effect.text.plan
    # Only our own words: GitHub reads mentions and references in the messages of commits on any branch (T22).
    message = f"Millwright plan {plan.display_id} v{plan.version}\n\nMillwright-Plan: {plan.digest}"
    repo = (await hands.github.repository(case.repo)).repo
    files = {**effect.files, **await pull_files.kept(case, plan, hands)}
    head = await hands.github.put_branch(repo, effect.branch, files, message)
    pull = await hands.github.open_pull(repo, effect.branch, text.title, text.body)
    alias = f"pull:{repo.id}:{pull.number}"
    return made(
        effect,
        alias,
        pull=pull.number,
        pull_head=head,
        pull_url=pull.url,
        pull_plan=plan.digest,
        branch=effect.branch,
    )


async def close_pull(effect: ClosePull, case: Case, hands: Hands) -> list[Entry]:
    """Closes the plan pull request where there is one."""
    number = case.made.get("pull")
    if number is not None:
        await hands.github.close_pull(case.repo, int(number))
    return made(effect)


async def check(effect: Check, case: Case, hands: Hands) -> list[Entry]:
    """The check run of that name on the plan pull request's head; nothing where there is no head yet."""
    head = effect.on or case.made.get("pull_head")
    if not head:
        return made(effect)
    output = words.check(replace(effect.report, case=case))
    text = CheckText(
        name=f"millwright / {effect.report.name}",
        title=output.title,
        summary=output.summary,
        text=output.text,
        external_id=f"{case.key}/{effect.report.name}/v{effect.report.plan.version}",
        status=effect.status,
        conclusion=effect.conclusion,
        annotations=effect.annotations,
        details_url=str(case.made.get("run_url", "")),
    )
    name = f"check:{effect.report.name}:{head[:12]}"
    known = case.made.get(name)
    made_id = await hands.github.put_check(case.repo, str(head), text, int(known) if known else None)
    things: dict[str, Any] = {name: made_id}
    # The alias finds the case where all checks of a commit are asked for again.
    return made(effect, f"head:{case.repo.id}:{head}", **things)


async def deployment(effect: Deployment, case: Case, hands: Hands) -> list[Entry]:
    """The deployment on the product repository, found by its payload, and its status."""
    facts = await hands.github.repository(case.repo)
    name = f"deployment:{effect.environment}:v{case.version}"
    known = case.made.get(name)
    ref = str(case.made.get(f"{name}:ref") or facts.head)
    if known is None:
        payload = f"{case.key}/{effect.environment}/v{case.version}"
        known = await hands.github.deployment(case.repo, ref, effect.environment, payload)
    await hands.github.deployment_status(case.repo, int(known), effect.state, effect.url)
    things: dict[str, Any] = {name: int(known), f"{name}:ref": ref}
    return made(effect, None, **things)

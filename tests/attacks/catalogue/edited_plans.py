"""What people approve is changed under them: the issue, the plan's branch, policy, prices and workflow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.workflow import PATH
from tests.attacks.catalogue.attack import PLANS, Attack, Given
from tests.attacks.catalogue.edited import then_claimed, unheard
from tests.attacks.catalogue.stage import Stage
from tests.stories.words import acme

KIND = "edited"
Run = Callable[[Stage], Awaitable[Any]]
POLICY = ".github/millwright.yml"


def issue(who: str, **changes: Any) -> Run:
    """The issue is edited, closed, or given another title."""

    async def run(stage: Stage) -> Any:
        return await getattr(stage, who).edit_issue(stage.product, stage.number, **changes)

    return run


def labelled(*names: str) -> Run:
    async def run(stage: Stage) -> Any:
        body = {"labels": list(names)}
        return await stage.wim.http.put(f"{stage.product.path}/issues/{stage.number}/labels", body)

    return run


async def push(stage: Stage) -> Any:
    """A writer replaces the plan's own files on its branch."""
    head = (await stage.pull())["head"]
    files = await stage.anna.http.get(f"{stage.product.path}/pulls/{(await stage.pull())['number']}/files")
    path = next(one["filename"] for one in files if one["filename"].endswith("plan.json"))
    return await stage.wim.push(stage.product, {path: '{"legs": []}'}, branch=head["ref"], message="Tidy up")


async def push_and_review(stage: Stage) -> Any:
    """Bert reviews what the writer has put there, at its commit and at the bot's own."""
    pull = await stage.pull()
    await push(stage)
    await stage.quiet()
    for commit in ("", pull["head"]["sha"]):
        more = {"commit_id": commit} if commit else {}
        who = stage.olga if commit else stage.bert
        await who.review(stage.product, pull["number"], "APPROVE", "fine", **more)
        await stage.quiet()
    return pull["number"]


async def policy_by_pull(stage: Stage) -> Any:
    """A writer proposes a policy by which writers approve, and approves."""
    text = str(await stage.operations.read(POLICY)).replace("[maintain, admin]", "[read, write, maintain, admin]")
    await stage.wim.push(stage.operations, {POLICY: text}, branch=f"loose-{stage.number}")
    await stage.wim.open_pull(stage.operations, f"loose-{stage.number}", title="Loosen")
    await stage.quiet()
    return await stage.says(stage.wim, stage.line)


async def policy_in_the_product(stage: Stage) -> Any:
    """The same file on a branch of the product repository, where nobody looks for it."""
    text = "version: 1\napprovers:\n  roles: [write]\n"
    await stage.wim.push(stage.product, {POLICY: text}, branch="policy")
    await stage.quiet()
    return await stage.says(stage.wim, stage.line)


def in_operations(path: str, make: Callable[[str], str]) -> Run:
    """An owner changes a file on the default branch of the operations repository; afterwards it is as before."""

    async def run(stage: Stage) -> Any:
        text = str(await stage.operations.read(path))
        assert make(text) != text
        await stage.olga.push(stage.operations, {path: make(text)})
        await stage.quiet()
        answer = await (
            stage.claim(stage.claims()) if stage.phase == "executing" else stage.says(stage.bert, stage.line)
        )
        await stage.olga.push(stage.operations, {path: text})
        return answer

    return run


async def before_there_is_a_plan(stage: Stage) -> Any:
    """Bert approves a second version that nobody has made; then it is made."""
    await stage.says(stage.bert, stage.line.replace("v1-", "v2-"))
    await stage.anna.edit_issue(stage.product, stage.number, title="Website for Acme, again")
    return stage.line


P, D = Given.PLANNED, Given.DISPATCHED
ATTACKS = (
    Attack("a loosened policy in a pull request", "T7", KIND, policy_by_pull),
    Attack("a policy in the product repository", "T7", KIND, policy_in_the_product),
    Attack("a price that changed after the plan", "T7", KIND,
           in_operations(POLICY, lambda text: text.replace('"0.002"', '"0.003"'))),
    Attack("an approver's role that changed after the plan", "T7", KIND,
           in_operations(POLICY, lambda text: text.replace("[maintain, admin]", "[maintain]"))),
    Attack("a workflow that changed after the plan", "T7", KIND, in_operations(PATH,
        lambda text: f"{text}# mine\n")),
    Attack("the policy changed between approval and claim", "T7", KIND,
           in_operations(POLICY, lambda text: text.replace('"0.002"', '"0.003"')), D),
    Attack("the plan's branch pushed to between approval and claim", "T8", KIND, then_claimed(push), D),
    Attack("the plan's files replaced, and then reviewed", "T14", KIND, push_and_review, P, spoils=True),
    Attack("the issue closed unheard, then claimed", "T10", KIND, then_claimed(unheard(issue("anna",
        state="closed"))),
           D, spoils=True),
    Attack("the text edited unheard, then claimed", "T10", KIND,
           then_claimed(unheard(issue("wim", body=acme(contact_email="x@evil.example")))), D, PLANS, spoils=True),
    Attack("the text edited between approval and claim", "T10", KIND,
           then_claimed(issue("wim", body=acme(contact_email="x@evil.example"))), D, PLANS, spoils=True),
    Attack("the lane's label swapped between approval and claim", "T4", KIND,
           then_claimed(labelled("capability:change")),
           D, PLANS | {"capability.cancelled", "effect:ClosePull"}, spoils=True),
    Attack("an approval before there is such a plan", "T13", KIND, before_there_is_a_plan, P, PLANS, spoils=True),
)  # fmt: skip

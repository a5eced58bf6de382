"""Words that people approve with are changed: comments, reviews and tokens, heard and unheard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.stage import Stage
from tests.stories.words import sticky

KIND = "edited"
Run = Callable[[Stage], Awaitable[Any]]


def then_claimed(change: Run) -> Run:
    """Something is changed while the run waits for a runner; then its jobs claim."""

    async def run(stage: Stage) -> Any:
        waiting = stage.run
        await change(stage)
        await stage.quiet()
        await stage.claim(stage.claims(run=waiting), **waiting.inputs)
        return await stage.claim(stage.claims("execute", run=waiting), "execute", **waiting.inputs)

    return run


def unheard(change: Run) -> Run:
    """The same change while GitHub's deliveries are lost, so that the bot hears nothing of it."""

    async def run(stage: Stage) -> Any:
        url, stage.cast.app.webhook_url = stage.cast.app.webhook_url, ""
        try:
            made = await change(stage)
            await stage.quiet()
        finally:
            stage.cast.app.webhook_url = url
        return made

    return run


def comment(who: str, text: str = "") -> Run:
    """Bert's approval is edited, or deleted where no text is given."""

    async def run(stage: Stage) -> Any:
        if text:
            return await getattr(stage, who).edit_comment(stage.product, stage.approval, text)
        return await getattr(stage, who).delete_comment(stage.product, stage.approval)

    return run


async def there_and_back(stage: Stage) -> Any:
    said = stage.approval
    await stage.bert.edit_comment(stage.product, said, "Wait.")
    await stage.quiet()
    return await stage.bert.edit_comment(stage.product, said, stage.line)


async def with_a_space(stage: Stage) -> Any:
    return await stage.bert.edit_comment(stage.product, stage.approval, f"{stage.line} ")


async def minimised(stage: Stage) -> Any:
    return stage.product.minimize(stage.olga, stage.approval)


def edited_in(who: str, editor: str) -> Run:
    """An innocent comment becomes an approval."""

    async def run(stage: Stage) -> Any:
        made = await stage.says(getattr(stage, who), "I shall look at this tomorrow.")
        return await getattr(stage, editor).edit_comment(stage.product, made["id"], stage.line)

    return run


def told(who: str, make: Callable[[str], str]) -> Run:
    """An approval whose token is nearly right."""

    async def run(stage: Stage) -> Any:
        return await stage.says(getattr(stage, who), make(stage.line))

    return run


async def digits(stage: Stage) -> Any:
    """The plan's whole digest, more of it and less of it."""
    whole = (await sticky(stage.scene, stage.number)).split("Digest `", 1)[1][:64]
    for length in (64, 40, 13, 11, 7, 0):
        await stage.says(stage.bert, f"/approve v1-{whole[:length]}")
    return whole


async def title_edited(stage: Stage) -> Any:
    return await stage.bert.http.patch(f"{stage.product.path}/issues/{stage.number}", {"title": stage.line})


async def review_edited(stage: Stage) -> Any:
    number = (await stage.pull())["number"]
    given = await stage.bert.review(stage.product, number, "COMMENT", "I have a question.")
    await stage.quiet()
    await stage.wim.edit_review(stage.product, number, given["id"], stage.line)
    return await stage.bert.edit_review(stage.product, number, given["id"], stage.line)


async def pull_edited(stage: Stage) -> Any:
    path = f"{stage.product.path}/pulls/{(await stage.pull())['number']}"
    return await stage.bert.http.patch(path, {"title": stage.line, "body": f"{stage.line}\n\nof #{stage.number}."})


async def reviewed(stage: Stage) -> None:
    """Bert approves by a review, and the run waits."""
    await stage.bert.review(stage.product, (await stage.pull())["number"], "APPROVE", "fine")
    await stage.quiet()
    assert stage.phase == "executing"


async def dismissed(stage: Stage) -> Any:
    number = (await stage.pull())["number"]
    path = f"{stage.product.path}/pulls/{number}/reviews"
    given = (await stage.anna.http.get(path))[-1]
    return await stage.olga.http.put(f"{path}/{given['id']}/dismissals", {"message": "not yet"})


P, D = Given.PLANNED, Given.DISPATCHED
REVIEWED = {"first": reviewed}
ATTACKS = (
    Attack("a comment edited into an approval by its author", "T11", KIND, edited_in("bert", "bert")),
    Attack("a comment edited into an approval by a colleague", "T11", KIND, edited_in("bert", "wim")),
    Attack("an owner's comment edited into an approval by a writer", "T11", KIND, edited_in("olga", "wim")),
    Attack("a review edited into an approval", "T14", KIND, review_edited),
    Attack("a pull request's title and text edited into an approval", "T12", KIND, pull_edited),
    Attack("an issue's title edited into an approval", "T12", KIND, title_edited),
    Attack("a token without its version", "T13", KIND, told("bert", lambda line: line.replace("v1-", ""))),
    Attack("no token at all", "T13", KIND, told("bert", lambda _: "/approve")),
    Attack("the digits under another version", "T58", KIND, told("bert", lambda line: line.replace("v1-", "v2-"))),
    Attack("a version with a zero before it", "T58", KIND, told("bert", lambda line: line.replace("v1-", "v01-"))),
    Attack("a token in upper case", "T58", KIND, told("bert", lambda line: f"/approve {line[9:].upper()}")),
    Attack("a token with one digit changed", "T58", KIND,
           told("bert", lambda line: line[:-1] + ("0" if line[-1] != "0" else "1"))),
    Attack("more and fewer digits than the token has", "T58", KIND, digits),
    Attack("digits of another script", "T58", KIND,
           told("bert", lambda line: line.translate({ord(d): 0xFF10 + int(d) for d in "0123456789"}))),
    Attack("a gate that the plan does not meet", "T13", KIND,
           told("bert", lambda line: line.replace("/approve", "/approve production"))),
    Attack("an approval edited out by its author, then claimed", "T11", KIND, then_claimed(comment("bert",
        "No.")), D),
    Attack("an approval edited out by a writer, then claimed", "T11", KIND, then_claimed(comment("wim",
        "No.")), D),
    Attack("an approval deleted, then claimed", "T11", KIND, then_claimed(comment("bert")), D),
    Attack("an approval edited there and back, then claimed", "T11", KIND, then_claimed(there_and_back), D),
    Attack("an approval minimised, which nobody is told of, then claimed", "T11", KIND,
           then_claimed(minimised), D),
    Attack("an approval edited unheard, then claimed", "T11", KIND, then_claimed(unheard(comment("wim",
        "No."))), D),
    Attack("a space added to an approval unheard, then claimed", "T11", KIND,
           then_claimed(unheard(with_a_space)), D),
    Attack("an approval deleted unheard, then claimed", "T11", KIND, then_claimed(unheard(comment("bert"))), D),
    Attack("a review dismissed between approval and claim", "T14", KIND, then_claimed(dismissed), **REVIEWED),
    Attack("a review dismissed unheard between approval and claim", "T14", KIND, then_claimed(unheard(dismissed)),
           **REVIEWED),
)  # fmt: skip

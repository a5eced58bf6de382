"""The judge of the catalogue bites: what really counts is reported, and so is whatever it looks at."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.attacks.catalogue.attack import Attack, Given
from tests.attacks.catalogue.forged import forged
from tests.attacks.catalogue.kinds import KINDS
from tests.attacks.catalogue.markdown import live
from tests.attacks.catalogue.play import carried_out, open_stage
from tests.attacks.catalogue.stage import Stage
from tests.stories.words import acme, comments

SECURITY = Path(__file__).parents[2] / ".github" / "SECURITY.md"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path)
    try:
        yield opened
    finally:
        await opened.close()


async def found(stage: Stage, run: Callable[[Stage], Awaitable[Any]], given: Given = Given.PLANNED) -> str:
    """What the judge says of a deed."""
    await stage.prepare(given)
    return "\n".join((await carried_out(stage, Attack("a deed", "T0", "control", run, given))).accepted)


async def test_what_really_counts_is_reported_as_accepted(stage: Stage) -> None:
    async def nothing(stage: Stage) -> Any:
        return await stage.says(stage.anna, "Looks nice.")

    async def approval(stage: Stage) -> Any:
        return await stage.says(stage.bert, stage.line)

    async def claim(stage: Stage) -> Any:
        return await stage.claim(stage.claims())

    async def signed(stage: Stage) -> Any:
        body = await forged(stage)
        return await stage.deliver(body, X_Hub_Signature_256=stage.signed(body))

    async def edit(stage: Stage) -> Any:
        return await stage.anna.edit_issue(stage.product, stage.number, body=acme(contact_email="a@b.example"))

    async def journal(stage: Stage) -> Any:
        entry = {"entry": "leg_started", "verb": "execute"}
        lines = {"lines": [{"n": 1, "at": "2026-01-01T00:00:00.000000Z", "body": entry}]}
        return await stage.tells("journal", lines)

    assert await found(stage, nothing) == ""
    said = await found(stage, approval)
    for words in (
        "approval.given:bert",
        "gate.passed",
        "leg.dispatched:execute",
        "runs were dispatched",
        "success",
    ):
        assert words in said, said
    assert "leg.claimed" in await found(stage, claim, Given.DISPATCHED), (
        "the very claim that the forged ones change"
    )
    stage.number = 0
    assert "approval.given:bert" in await found(stage, signed), "the very webhook that the forged ones are"
    assert "leg.journalled" in await found(stage, journal, Given.CLAIMED), "the very session that others guess"
    stage.number = 0
    assert "plan.generated" in await found(stage, edit)


async def test_whatever_the_judge_looks_at_makes_it_report(stage: Stage) -> None:
    async def sticky(stage: Stage, text: str) -> Any:
        every = await comments(stage.scene, stage.number)
        ours = next(one for one in every if one["user"]["login"] == "millwright[bot]")
        return await stage.olga.edit_comment(stage.product, ours["id"], text)

    async def web(stage: Stage) -> Any:
        (stage.scene.folder / "www" / "evil.html").write_text("<p>owned</p>")
        return "written"

    async def draining(stage: Stage) -> Any:
        stage.scene.bot.intake.closed.set()
        answer = await stage.deliver(b"{}", X_Hub_Signature_256=f"sha256={'0' * 64}")
        stage.scene.bot.intake.closed.clear()
        return answer

    async def error(stage: Stage) -> Any:
        logging.getLogger("bot.engine").error("a row is parked")
        return "logged"

    async def policy(stage: Stage) -> Any:
        return await stage.olga.push(stage.operations, {".github/millwright.yml": "version: 1\n"})

    async def secret(stage: Stage) -> Any:
        stage.operations.repository.environments["production"].secrets["MORE"] = "x"
        return "added"

    deeds: dict[str, Callable[[Stage], Awaitable[Any]]] = {
        "a mention": lambda stage: sticky(stage, "Hello @octocat"),
        "a closing word": lambda stage: sticky(stage, "This fixes #1"),
        "a link to https://evil.example": lambda stage: sticky(stage, "[here](https://evil.example)"),
        "an element <img>": lambda stage: sticky(stage, "![x](https://evil.example/x.png)"),
        "hold a secret": lambda stage: sticky(stage, f"`{stage.scene.cast.app.webhook_secret}`"),
        "a template computed": lambda stage: sticky(stage, "`1787569`"),
        "the web root changed": web,
        "a door answered 503": draining,
        "an error": error,
        "environments, secrets": secret,
        "a default branch moved": policy,
    }
    for words, deed in deeds.items():
        assert words in await found(stage, deed), words


@pytest.mark.parametrize(
    "text",
    [
        "`@octocat` and `fixes #1`",
        "```\n@octocat <img src=x>\n```",
        "@<!-- -->octocat",
        "a plan of #1",
        "[run](http://ours/x)",
    ],
)
def test_words_that_do_nothing_are_left_alone(text: str) -> None:
    assert list(live(text, {"ours"})) == []


@pytest.mark.parametrize(
    "text", ["@octocat", "fixes acme/website#1", "<img src=x>", "www.evil.example", "\u202ex"]
)
def test_words_that_do_something_are_found(text: str) -> None:
    assert list(live(text, {"ours"}))


def test_every_attack_has_a_name_of_its_own_and_a_threat() -> None:
    attacks = [attack for many in KINDS.values() for attack in many]
    assert len({attack.name for attack in attacks}) == len(attacks)
    assert f"{len(attacks)} attacks by name" in SECURITY.read_text("utf-8")
    for kind, many in KINDS.items():
        for attack in many:
            assert attack.kind == kind
            assert 1 <= int(attack.threat.removeprefix("T")) <= 60

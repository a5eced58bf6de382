"""What people read in a story: the sticky comment, replies, check runs, labels; and what they say."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from bot.cli.demo.scene import Scene
from bot.sandbox.people import Participant

ACME = (files("templates") / "examples" / "acme_briefing.yaml").read_text("utf-8")
LABEL = "capability:business"


def body(briefing: str = ACME) -> str:
    """An issue body that holds a briefing."""
    return f"Our new website, please.\n\n```yaml\n{briefing}\n```\n"


def acme(**changes: str) -> str:
    """The Acme briefing as an issue body, with top-level lines put in place of those of the same name."""
    text = ACME
    for name, value in changes.items():
        text, found = re.subn(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
        assert found == 1, f"the briefing has {found} lines {name}"
    return body(text)


async def open_issue(scene: Scene, text: str = "", title: str = "Website for Acme") -> int:
    """Anna opens the issue with its label; returns its number."""
    issue = await scene.cast.anna.open_issue(scene.cast.product, title, text or body(), [LABEL])
    await scene.settle()
    return int(issue["number"])


async def planned(scene: Scene) -> tuple[int, str]:
    """Anna's issue with its plan and preview: number, and the line that approves it."""
    number = await open_issue(scene)
    return number, f"/approve {await token(scene, number)}"


async def carried_out(scene: Scene) -> int:
    """Anna's issue, approved by Bert and carried out; returns its number."""
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    return number


async def comments(scene: Scene, number: int) -> list[dict[str, Any]]:
    """All comments of an issue, oldest first."""
    found: list[dict[str, Any]] = await scene.cast.anna.http.get(
        f"{scene.cast.product.path}/issues/{number}/comments", per_page="100"
    )
    return found


async def bot_comments(scene: Scene, number: int) -> list[str]:
    """The bodies of the bot's comments, oldest first."""
    return [c["body"] for c in await comments(scene, number) if c["user"]["login"] == "millwright[bot]"]


async def sticky(scene: Scene, number: int) -> str:
    """The bot's sticky comment: its first."""
    return next(iter(await bot_comments(scene, number)), "")


async def last_words(scene: Scene, number: int) -> str:
    """The bot's newest comment."""
    return next(reversed(await bot_comments(scene, number)), "")


async def token(scene: Scene, number: int) -> str:
    """The token that the sticky comment asks people to approve."""
    found = re.search(r"/approve (v\d+-[0-9a-f]{12})", await sticky(scene, number))
    assert found, await sticky(scene, number)
    return found[1]


async def labels(scene: Scene, number: int) -> set[str]:
    """The issue's labels."""
    issue = await scene.cast.anna.http.get(f"{scene.cast.product.path}/issues/{number}")
    return {label["name"] for label in issue["labels"]}


async def state(scene: Scene, number: int) -> str:
    """The case's phase as its one `state:` label says it; "" where it has none."""
    found = [label.removeprefix("state:") for label in await labels(scene, number) if label.startswith("state:")]
    assert len(found) <= 1, found
    return next(iter(found), "")


async def says(scene: Scene, who: Participant, number: int, text: str) -> str:
    """Somebody comments; returns the bot's newest words when everything has calmed down."""
    await who.comment(scene.cast.product, number, text)
    await scene.settle()
    return await last_words(scene, number)


async def refused(scene: Scene, who: Participant, number: int, text: str) -> str:
    """Somebody comments and the bot answers with one new comment, which is returned; nothing has been run."""
    before, runs = len(await bot_comments(scene, number)), len(scene.story.sandbox.actions.runs)
    await says(scene, who, number, text)
    after = await bot_comments(scene, number)
    assert len(after) == before + 1, f"{len(after) - before} answers to {text!r}"
    assert len(scene.story.sandbox.actions.runs) == runs
    return after[-1]


def newcomer(scene: Scene, login: str, role: str) -> Participant:
    """Somebody with a role on the product repository."""
    person = scene.story.person(login)
    scene.cast.product.grant(person, role)
    return person


async def pulls(scene: Scene) -> list[dict[str, Any]]:
    """All pull requests of the product, newest first."""
    found: list[dict[str, Any]] = await scene.cast.anna.http.get(f"{scene.cast.product.path}/pulls", state="all")
    return found


async def checks(scene: Scene) -> dict[str, dict[str, Any]]:
    """The check runs on the newest plan pull request's head, by name; no name twice."""
    head = (await pulls(scene))[0]["head"]["sha"]
    path = f"{scene.cast.product.path}/commits/{head}/check-runs"
    runs = (await scene.cast.anna.http.get(path, filter="all"))["check_runs"]
    names = [run["name"] for run in runs]
    assert len(names) == len(set(names)), names
    return {run["name"]: run for run in runs}


async def deployment_states(scene: Scene) -> list[str]:
    """The states of the product's one deployment, oldest first."""
    found = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments")
    assert len(found) == 1, found
    path = f"{scene.cast.product.path}/deployments/{found[0]['id']}/statuses"
    return [status["state"] for status in reversed(await scene.cast.anna.http.get(path))]

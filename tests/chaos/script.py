"""What people do with a capability: nine courses, each the same whatever becomes of GitHub and bots meanwhile.

People act on what they see: the plan's token in the sticky comment and the `state:` label. So a course ends in one
state, and only how long it takes is chance.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.sandbox.client import Refused
from bot.sandbox.threads import Issue
from tests.chaos.town import Firm, Town
from tests.stories.words import LABEL, acme

LOOK = 0.1
"""Seconds between two looks of somebody who waits."""
NOISE = ("Looks good to me.", "Who pays for this?", "> /approve v1-000000000000", "Any news?")

_TOKEN = re.compile(r"/approve (v(\d+)-[0-9a-f]{12})")


@dataclass
class Capability:
    """One issue and what its people do: `course` is a key of `COURSES`."""

    name: str
    course: str
    firm: Firm
    town: Town
    number: int = 0
    patience: float = 300.0
    seen: list[str] = field(default_factory=list)
    """what was waited for and came, for those who ask why it stopped"""

    @property
    def issue(self) -> Issue:
        """The issue as GitHub has it."""
        return self.firm.product.repository.issues[self.number]

    @property
    def state(self) -> str:
        """What its `state:` label says; "" without one."""
        found = [label for label in self.issue.labels if label.startswith("state:")]
        return found[0].removeprefix("state:") if len(found) == 1 else ""

    def sticky(self) -> str:
        """The bot's first comment, "" before it."""
        ours = [one.body for one in self.issue.comments.values() if one.app_id == self.town.app.id]
        return next(iter(ours), "")

    async def until(self, what: str, is_so: Callable[[], bool]) -> None:
        """Returns when it is so; TimeoutError names what never came."""
        try:
            async with asyncio.timeout(self.patience):
                while not is_so():
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise TimeoutError(f"{self.name} ({self.course}) waits for {what}: is {self.state!r}") from None
        self.seen.append(what)

    async def planned(self, version: int = 1) -> str:
        """The token of the plan of that version, once it is what people are asked to approve."""

        def shown() -> bool:
            found = _TOKEN.search(self.sticky())
            return self.state == "validated" and found is not None and int(found[2]) == version

        await self.until(f"plan v{version}", shown)
        found = _TOKEN.search(self.sticky())
        assert found is not None
        return found[1]

    async def becomes(self, state: str) -> None:
        """Returns when the label says so."""
        await self.until(state, lambda: self.state == state)

    async def bert(self, line: str) -> None:
        """Bert, who may decide, says the line."""
        await patiently(lambda: self.town.bert.comment(self.firm.product, self.number, line))

    async def talk(self) -> None:
        """Words that decide nothing, of somebody who may not decide."""
        for words in NOISE:
            await patiently(partial(self.town.mallory.comment, self.firm.product, self.number, words))


async def patiently(do: Callable[[], Awaitable[Any]]) -> Any:
    """What comes of it, done again while GitHub says that this person does too much at once."""
    while True:
        try:
            return await do()
        except Refused as error:
            if error.status not in (403, 429):
                raise
        await asyncio.sleep(LOOK)


async def play(one: Capability) -> None:
    """Anna opens the issue, and its course is taken to the end."""
    anna, product = one.town.anna, one.firm.product
    issue = await patiently(lambda: anna.open_issue(product, one.name, _words(one), [LABEL]))
    one.number = int(issue["number"])
    await COURSES[one.course](one)


def _words(one: Capability, trade: str = "Consulting") -> str:
    return acme(industry=f"{trade} {one.name.replace('/', ' ')}")


async def _left(one: Capability) -> None:
    await one.planned()


async def _talked_about(one: Capability) -> None:
    await one.talk()
    await one.planned()
    await one.bert("/why")
    await one.until("the reasons", lambda: _replies(one) >= 1)


async def _rejected(one: Capability) -> None:
    await one.planned()
    await one.bert("/reject not like this")
    await one.becomes("rejected")


async def _cancelled(one: Capability) -> None:
    await one.planned()
    await one.bert("/cancel")
    await one.becomes("cancelled")


async def _edited(one: Capability) -> None:
    await one.planned()
    anna, product = one.town.anna, one.firm.product
    await patiently(lambda: anna.edit_issue(product, one.number, body=_words(one, "Crafts")))
    await one.planned(2)


async def _held(one: Capability) -> None:
    await one.planned()
    await one.bert("/hold the customer is on holiday")
    await one.becomes("held")


async def _done(one: Capability) -> None:
    token = await one.planned()
    await one.bert(f"/approve {token}")
    await one.becomes("completed")


async def _resumed(one: Capability) -> None:
    await _held(one)
    await one.bert("/resume")
    await _done(one)


async def _taken_back(one: Capability) -> None:
    await _done(one)
    await one.bert("/rollback")
    await one.becomes("rolled_back")


def _replies(one: Capability) -> int:
    return sum(found.app_id == one.town.app.id for found in one.issue.comments.values()) - 1


COURSES: Mapping[str, Callable[[Capability], Awaitable[None]]] = {
    "done": _done,
    "resumed": _resumed,
    "taken back": _taken_back,
    "left": _left,
    "talked about": _talked_about,
    "rejected": _rejected,
    "cancelled": _cancelled,
    "edited": _edited,
    "held": _held,
}
DEPLOYING = ("done", "resumed", "taken back")
"""Those that change the firm's site: one a firm, else the second would find another site than was approved."""

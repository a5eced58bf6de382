"""How an installation and its repositories stand now: a webhook that comes late, or again, is a hint (T20)."""

from __future__ import annotations

from bot.domain.facts import AroundNow
from bot.domain.knowledge import Around
from bot.domain.people import Repo
from bot.ports import Hands


async def around(need: Around, hands: Hands) -> AroundNow:
    """The state of each; a repository of an installation that lets nothing be read is `gone`."""
    installation = await hands.github.installation_state(need.installation)
    places = {}
    for number, name in need.places:
        repo = Repo(number, name, need.installation)
        places[number] = await hands.github.repository_state(repo) if installation == "here" else "gone"
    return AroundNow(installation, places)

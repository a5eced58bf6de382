"""What is written on the pages: sent to the REST API with the token of whoever was chosen."""

from __future__ import annotations

from bot.sandbox.client import Client
from bot.sandbox.identity import user_token
from bot.sandbox.people import Participant
from bot.sandbox.places import Place
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repository
from bot.sandbox.web.shown import Shown


def participant(sandbox: Sandbox, shown: Shown, login: str) -> Participant | None:
    """One of the people that the page offers; None for anybody else. Its client is to be closed."""
    account = sandbox.world.account(login) if login in shown.people else None
    if account is None:
        return None
    held = [one for one in sandbox.world.tokens.values() if (one.kind, one.account_id) == ("user", account.id)]
    token = held[0] if held else user_token(sandbox.world, account)
    return Participant(account, Client(sandbox.url, token.value))


async def comment(sandbox: Sandbox, who: Participant, found: Repository, number: int, body: str) -> None:
    """Comment as somebody; raises `client.Refused` in GitHub's words."""
    try:
        await who.comment(Place(found, sandbox), number, body)
    finally:
        await who.http.close()


async def issue(
    sandbox: Sandbox, who: Participant, found: Repository, title: str, body: str, labels: list[str]
) -> int:
    """Open an issue as by an issue form, whose labels are put on whoever the author is; returns its number."""
    await who.http.close()
    return (await Place(found, sandbox).form(who, title, body, labels)).number

"""`notifications:` of a policy: who is told of a capability's end, or that people are waited for, and how.

No plan's digest holds them, so whoever changes them voids no approval: they decide nothing.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag

from bot.domain.fields import Email, unlike, wrong
from bot.domain.rules import Rule

News = Literal["completed", "failed", "rolled_back", "cancelled", "gate.opened"]
"""What may be told of a capability."""
DEFAULT: list[News] = ["completed", "failed", "rolled_back", "gate.opened"]
ENDPOINTS = 10
"""Entries of the list, and so the most webhooks that one moment of a capability sets off."""

_ENDPOINT = re.compile(
    r"https://(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?(/[!-~]*)?", re.ASCII
)


def _endpoint(url: str) -> str:
    """The address of an endpoint; raises `wrong`."""
    found = _ENDPOINT.fullmatch(url)
    if not found or "#" in url or int((found[3] or ":443")[1:]) not in range(1, 65_536):
        raise wrong(
            "is no https address", "write one like `https://hooks.example.com/millwright`, without a `#` part"
        )
    return url


On = Annotated[list[News], Field(min_length=1, max_length=5), AfterValidator(unlike)]


class MailRule(Rule):
    """Mail to people; it says how it ended, where to read on, what remains and what it cost."""

    kind: Literal["mail"]
    """e-mail, sent by the mail server that whoever runs the bot has set"""
    to: Annotated[list[Email], Field(min_length=1, max_length=20), AfterValidator(unlike)]
    """addresses; each gets a mail of its own"""
    on: On = DEFAULT
    """of what; all but `cancelled` unless told"""


class WebhookRule(Rule):
    """A signed POST to an endpoint of yours, by https://www.standardwebhooks.com."""

    kind: Literal["webhook"]
    """a signed request; `millwright keys webhook` shows whoever runs the bot the secret to verify it with"""
    url: Annotated[str, StringConstraints(max_length=300), AfterValidator(_endpoint)]
    """the endpoint: https, at a public address"""
    on: On = DEFAULT
    """of what; all but `cancelled` unless told"""


def _kind(value: Any) -> str:
    """The tag of a rule; without a `kind` it is a webhook where it has an address to post to."""
    if not isinstance(value, dict):
        return f"({getattr(value, 'kind', 'mail')})"
    return f"({value.get('kind', 'webhook' if 'url' in value else 'mail')})"


Notification = Annotated[
    Annotated[MailRule, Tag("(mail)")] | Annotated[WebhookRule, Tag("(webhook)")], Discriminator(_kind)
]
"""Who is told of what, in one of two ways."""


def in_words(rule: MailRule | WebhookRule) -> str:
    """The rule in a few words, without the addresses of people."""
    if isinstance(rule, WebhookRule):
        where = f"webhook to {rule.url.split('/', 3)[2]}"
    else:
        where = f"mail to {len(rule.to)} address{'es' if len(rule.to) != 1 else ''}"
    return f"{where} on {', '.join(rule.on)}"

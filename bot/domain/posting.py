"""Effects by which news leave the house: a message to each place, found again by a name that never changes.

Mail and webhooks are delivered at least once. Who gets one twice knows it by that name: it is the `Message-ID` of
the mail and the `webhook-id` of the request.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Way = Literal["mail", "webhook"]


@dataclass(frozen=True)
class Place:
    """Where a message goes: a mail address, or the address of an endpoint."""

    way: Way
    to: str

    @property
    def shown(self) -> str:
        """As ledger and log tell it: the host alone, so that no person is named (T52)."""
        host = self.to.rpartition("@")[2] if self.way == "mail" else self.to.split("/", 3)[2]
        return f"{self.way} to {host}"


@dataclass(frozen=True)
class Post:
    """Hand the notice of that digest to every place's own case, behind all that was wanted before."""

    key: str
    news: str
    notice: str
    """SHA-256 of the stored `Notice`"""
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Message:
    """One notice for one place, as the case that sends it knows it."""

    case: str
    """the capability's key"""
    operations: int
    """id of the operations repository, to which the secret of a webhook belongs"""
    notice: str
    evidence_url: str = ""
    evidence_sha256: str = ""


@dataclass(frozen=True)
class SendMail:
    """Send the notice to that address."""

    key: str
    to: str
    message: Message


@dataclass(frozen=True)
class SendWebhook:
    """Post the notice to that endpoint, signed."""

    key: str
    to: str
    message: Message


def post_key(case: str, post: str, place: Place) -> str:
    """The key of the case that sends one message; its end is the message's name wherever it goes."""
    words = f"{case}\0{post}\0{place.way}\0{place.to}"
    return f"post:{hashlib.sha256(words.encode()).hexdigest()[:32]}"

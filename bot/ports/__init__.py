"""What the flow needs from the world, and no more: GitHub, the store, keys, post, time and chance."""

from bot.ports.github import (
    AnchorNow,
    ArtifactMeta,
    Asset,
    BlobFile,
    CheckText,
    GitHub,
    NewAnchor,
    Pull,
    RepoFacts,
    Started,
)
from bot.ports.hands import DoorAnswer, Hands, Keys
from bot.ports.post import Call, Hooks, Letter, Mailer, MailServer, Outgoing
from bot.ports.store import Commit, NewRow, Pending, Row, Store

__all__ = [
    "AnchorNow",
    "ArtifactMeta",
    "Asset",
    "BlobFile",
    "Call",
    "CheckText",
    "Commit",
    "DoorAnswer",
    "GitHub",
    "Hands",
    "Hooks",
    "Keys",
    "Letter",
    "MailServer",
    "Mailer",
    "NewAnchor",
    "NewRow",
    "Outgoing",
    "Pending",
    "Pull",
    "RepoFacts",
    "Row",
    "Started",
    "Store",
]

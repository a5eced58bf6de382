"""What the flow needs from the world, and no more: GitHub, the store, keys, time and chance."""

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
from bot.ports.store import Commit, NewRow, Pending, Row, Store

__all__ = [
    "AnchorNow",
    "ArtifactMeta",
    "Asset",
    "BlobFile",
    "CheckText",
    "Commit",
    "DoorAnswer",
    "GitHub",
    "Hands",
    "Keys",
    "NewAnchor",
    "NewRow",
    "Pending",
    "Pull",
    "RepoFacts",
    "Row",
    "Started",
    "Store",
]

"""One dispatch of a leg, as the ledger tells it, and what becomes of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from executors.protocol.plan import Verb

StepStatus = Literal["pending", "running", "completed", "failed", "skipped", "rolled_back"]


@dataclass(frozen=True)
class LegRun:
    """One dispatch of a leg. `nonce` names it; `run_id` is None until GitHub has told it."""

    leg: str
    verb: Verb
    nonce: str
    at: str
    version: int = 0
    """the plan version it was dispatched for"""
    run_id: int | None = None
    client_keys: Mapping[str, str] = field(default_factory=dict)
    """job name → client key that claimed it"""
    session: str | None = None
    """SHA-256 of the session key"""
    token_at: str = ""
    """when `execute` last got an App token, RFC 3339"""
    lines: int = 0
    """journal lines received in this run"""
    journal: tuple[str, ...] = ()
    """blob digests of the received batches, in order"""
    open: bool = True
    outcome: str | None = None
    reported: str | None = None
    """the outcome that the journal's last line names"""
    bundle: str | None = None
    """blob digest of the bundle manifest"""
    artifact: str = ""
    """the artifact's name, once the job has said that it is done"""
    kept: str = ""
    """blob digest of the artifact itself, once it was found to be what the job said"""
    lost: bool = False
    """whether it ended without saying so"""
    place: str = ""
    """the policy's name of the environment it deploys to"""
    auto: bool = False
    """whether the bot dispatched it by itself after a lost run"""
    refused: str = ""
    """why its last claim was refused"""
    fence: int = 0
    """the number of the environment's lock that it was dispatched under; a later one shuts it out"""
    leased_at: str = ""
    """when its lease on the environment was last renewed, RFC 3339"""

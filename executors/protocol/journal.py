"""What a run did, entry by entry; resume, undo and evidence read it.

An entry is sent to the bot and acknowledged before anything is applied (product.md section 6).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from executors.protocol.finding import Finding
from executors.protocol.plan import Planned, Seen, Verb
from executors.protocol.wire import Hex256, Json, Slug, Text, Wire

Outcome = Literal["completed", "failed", "rolled_back", "stopped"]


class LegStarted(Wire):
    """A runner took the leg up; `resumed` counts the earlier runs of it."""

    entry: Literal["leg_started"] = "leg_started"
    verb: Verb
    resumed: int = 0


class StepStarted(Wire):
    """A step begins; `attempt` starts at 1."""

    entry: Literal["step_started"] = "step_started"
    step: Slug
    attempt: int = 1


class Looked(Wire):
    """What a step's look saw, and what it then proposed (nothing, when settled)."""

    entry: Literal["looked"] = "looked"
    step: Slug
    round: int
    seen: tuple[Seen, ...] = ()
    planned: tuple[Planned, ...] = ()
    record: Annotated[Hex256 | None, Field(description="SHA-256 of what the bundle keeps of this look")] = None
    note: Text = ""


class Intent(Wire):
    """About to apply an operation; without the acknowledgement it is not applied."""

    entry: Literal["intent"] = "intent"
    step: Slug
    key: Annotated[str, Field(description="unique in the leg: step/round/index, or undo/…")]
    operation: Json
    undoes: Annotated[tuple[str, ...], Field(description="the keys that it takes back; a snapshot, several")] = ()


class Result(Wire):
    """How the operation of the same key ended, and the operation that takes it back.

    One that failed may have changed something all the same: then it names an `undo` too.
    """

    entry: Literal["result"] = "result"
    step: Slug
    key: str
    ok: bool
    undo: Json | None = None
    error: Text | None = None
    seconds: str = "0"


class Noted(Wire):
    """A finding."""

    entry: Literal["finding"] = "finding"
    finding: Finding


class StepFinished(Wire):
    """A step's end; `changed` is the number of operations applied."""

    entry: Literal["step_finished"] = "step_finished"
    step: Slug
    status: Literal["completed", "failed", "skipped", "rolled_back"]
    changed: int = 0
    error: Text | None = None
    seconds: str = "0"


class LegFinished(Wire):
    """The leg's end; `residue` lists what could not be taken back."""

    entry: Literal["leg_finished"] = "leg_finished"
    outcome: Outcome
    residue: tuple[Text, ...] = ()
    error: Text | None = None


Entry = Annotated[
    LegStarted | StepStarted | Looked | Intent | Result | Noted | StepFinished | LegFinished,
    Field(discriminator="entry"),
]


class JournalLine(Wire):
    """One entry with its place in the leg's journal; `at` is RFC 3339 in UTC with microseconds."""

    n: Annotated[int, Field(ge=1)]
    at: str
    body: Entry

"""What an evidence pack is made of, as values: the plan, the stored records, and the files of each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from executors.protocol.plan import Plan

Outcome = Literal["completed", "failed", "rolled_back", "cancelled", "rejected"]


@dataclass(frozen=True)
class Decision:
    """One recorded decision: who (numeric id), in which role at that moment, on which digest, by which words.

    `source` is `comment:<id>`, `review:<id>`, `slack:<id>` or `policy`; `evidence` the SHA-256 of the body.
    """

    user: int
    login: str
    role: str
    basis: str
    gate: str
    version: int
    digest: str
    source: str
    evidence: str
    at: str
    kind: Literal["person", "policy"] = "person"
    verdict: Literal["approved", "refused", "withdrawn", "overridden"] = "approved"
    reason: str = ""
    """why an admin passed the gate without the approvals it asks for"""


@dataclass(frozen=True)
class CostLine:
    """One line of the cost report; `amount` is a decimal string, None is unknown and never 0."""

    what: str
    seconds: str
    billed_minutes: int | None
    amount: str | None
    currency: str


@dataclass(frozen=True)
class Pack:
    """Everything that `seal` needs. Ledger and journals are the stored bytes, one line each, without newline.

    `journals` maps a leg's id to its lines, earlier runs first; `files` maps a step's id to its files, each under
    a path relative to the step's folder, such as `generated_files/index.html`; `before.json` and `after.json` are
    what the step saw, by the digests in its journal. `legs` maps a leg's id to what belongs to no single step: to
    `odoo.jsonl`, `dns.jsonl` and `ssh.jsonl`, its logs of what it said to an Odoo, a name server, another machine.
    """

    case: str
    plan: Plan
    outcome: Outcome
    ledger: tuple[bytes, ...]
    journals: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    costs: tuple[CostLine, ...] = ()
    residue: tuple[str, ...] = ()
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    legs: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


def step_folder(plan: Plan, step_id: str) -> str:
    """Return the step's folder in the pack, `steps/step_<n>_<executor>`, n from 1; KeyError for no such step."""
    for number, step in enumerate(plan.steps, 1):
        if step.id == step_id:
            return f"steps/step_{number}_{step.executor}"
    raise KeyError(step_id)

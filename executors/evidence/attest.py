"""Each decision as an in-toto statement: who allowed which plan, signed, readable without Millwright.

A line of `approvals.intoto.jsonl` is one DSSE envelope (Ed25519) of one Statement v1. Its subject is the plan that
the decision names, its predicate is ours: `templates/evidence/human_approval.schema.json`. The type is a URN, for
a name under a domain would claim that somebody answers there.
Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.pack import Decision, Pack
from executors.protocol import dsse
from executors.protocol.canonical import canonical

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:millwright:human-approval:v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
FILE = "approvals.intoto.jsonl"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def attested(pack: Pack, key: Ed25519PrivateKey) -> bytes:
    """Return the statements of all decisions that name a plan, one signed envelope per line, in their order.

    A decision about no plan that was shown has no subject and so no statement; it stands in approvals.json.
    """
    made = (statement(pack, decision) for decision in named(pack.decisions))
    return b"".join(canonical(dsse.sign(canonical(one), PAYLOAD_TYPE, key)) + b"\n" for one in made)


def named(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that name a plan by its digest."""
    return [decision for decision in decisions if _DIGEST.fullmatch(decision.digest)]


def statement(pack: Pack, decision: Decision) -> dict[str, Any]:
    """Return the Statement of one decision."""
    predicate: dict[str, Any] = {
        "verdict": decision.verdict,
        "decider": {"kind": decision.kind, "id": decision.user, "login": decision.login},
        "role": decision.role,
        "basis": decision.basis,
        "gate": decision.gate,
        "plan": {"version": decision.version, "digest": decision.digest},
        "source": {"of": decision.source, "sha256": decision.evidence},
        "decidedAt": decision.at,
        "reason": decision.reason,
        "case": {"id": pack.case, "repository": pack.plan.repository, "issue": pack.plan.issue_number},
    }
    subject = {"name": f"plan.json v{decision.version}", "digest": {"sha256": decision.digest}}
    return {"_type": STATEMENT, "subject": [subject], "predicateType": PREDICATE, "predicate": predicate}

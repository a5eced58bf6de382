"""The evidence pack: sealed from the stored ledger, journals and artifact, published as a release asset."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.domain.case import Case
from bot.domain.cost import costs_of
from bot.domain.effects import Seal
from bot.domain.ledger import Entry, Line
from bot.perform.made import made
from bot.ports import Hands
from executors.errors import MillwrightError
from executors.evidence.bundle import read_bundle
from executors.evidence.pack import CostLine, Decision, Outcome, Pack
from executors.evidence.seal import seal
from executors.protocol.plan import Plan


async def seal_and_publish(effect: Seal, case: Case, hands: Hands) -> list[Entry]:
    """Records `evidence.sealed` with digest and address; `evidence.refused` where a secret was found (T26)."""
    lines = await hands.store.lines(case.key)
    if case.plan is None:
        return made(effect)
    sealed_at = hands.clock()
    try:
        pack = await _pack(effect.outcome, case, case.plan, lines, hands)
        data = seal(pack, hands.keys.private, sealed_at, hands.secrets)
    except MillwrightError as error:
        return [Entry("evidence.refused", {"why": str(error)}), *made(effect)]
    digest = hashlib.sha256(data).hexdigest()
    tag = f"millwright-{case.display_id.lower()}-v{case.version}-{digest[:8]}"
    asset = await hands.github.publish(case.repo, tag, f"evidence_pack_{case.display_id}.zip", data)
    facts: dict[str, Any] = {
        "url": asset.url,
        "sha256": digest,
        "key": hands.keys.fingerprint,
        "lines": len(lines),
    }
    things = {f"evidence_{name}": value for name, value in facts.items()}
    return [Entry("evidence.sealed", facts), *made(effect, None, **things)]


async def _pack(outcome: str, case: Case, plan: Plan, lines: list[Line], hands: Hands) -> Pack:
    runs = [*case.runs, *([case.run] if case.run else [])]
    journals: dict[str, tuple[bytes, ...]] = {}
    for run in runs:
        batches = [await hands.store.blob(digest) or b"" for digest in run.journal]
        journal = tuple(line for batch in batches for line in batch.splitlines() if line)
        if journal:
            journals[run.leg] = journals.get(run.leg, ()) + journal
    return Pack(
        case=case.key,
        plan=plan,
        outcome=_outcome(outcome),
        ledger=tuple(line.raw for line in lines),
        journals=journals,
        decisions=tuple(_decision(line) for line in lines if line.entry.type in _DECISIONS),
        costs=tuple(
            CostLine(cost.what, cost.seconds, cost.billed_minutes, cost.amount, cost.currency)
            for cost in costs_of(case)
        ),
        residue=case.residue,
        files=await _files(case, plan, hands),
    )


def _outcome(word: str) -> Outcome:
    known: dict[str, Outcome] = {
        "completed": "completed",
        "rolled_back": "rolled_back",
        "cancelled": "cancelled",
        "rejected": "rejected",
    }
    return known.get(word, "failed")


_DECISIONS = {"approval.given": "approved", "approval.refused": "refused", "approval.withdrawn": "withdrawn"}


def _decision(line: Line) -> Decision:
    data: Mapping[str, Any] = line.entry.data
    actor = line.entry.actor
    return Decision(
        user=actor.id,
        login=actor.login,
        role=str(data.get("role", "none")),
        basis=str(data.get("basis", data.get("code", ""))),
        gate=str(data.get("gate", "plan")),
        version=int(data.get("version", 0)),
        digest=str(data.get("digest", "")),
        source=str(data.get("source", "")),
        evidence=str(data.get("evidence", "")),
        at=line.at,
        kind="policy" if data.get("kind") == "policy" else "person",
        verdict=_VERDICTS[line.entry.type],
    )


_VERDICTS: dict[str, Any] = dict(_DECISIONS)


async def _files(case: Case, plan: Plan, hands: Hands) -> dict[str, dict[str, bytes]]:
    """The files of the last run's artifact by step: `steps/<step>/…` of the bundle."""
    digest = case.made.get("artifact")
    data = await hands.store.blob(str(digest)) if digest else None
    if not data:
        return {}
    files: dict[str, dict[str, bytes]] = {}
    steps = {step.id for step in plan.steps}
    for path, content in read_bundle(data).items():
        folder, _, rest = path.removeprefix("steps/").partition("/")
        if path.startswith("steps/") and folder in steps and rest:
            files.setdefault(folder, {})[rest] = content
    return files

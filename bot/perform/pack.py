"""The evidence pack: sealed from the stored ledger, journals and artifact, published as a release asset."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.case import Case, LegRun
from bot.domain.cost import costs_of
from bot.domain.effects import Seal
from bot.domain.ledger import Entry, Line
from bot.perform.made import made
from bot.ports import Hands
from executors.errors import MillwrightError
from executors.evidence.bundle import joined_logs, read_bundle
from executors.evidence.pack import CostLine, Decision, Outcome, Pack
from executors.evidence.seal import seal
from executors.protocol import dsse
from executors.protocol.plan import Plan

BEFORE = "before.json"
"""What a step saw before it changed anything: of several runs the first one tells."""

Bundles = Sequence[tuple[LegRun, Mapping[str, bytes]]]


async def seal_and_publish(effect: Seal, case: Case, hands: Hands) -> list[Entry]:
    """Records `evidence.sealed` with digest and address; `evidence.refused` where a secret was found (T26).

    A pack is the same bytes whenever it is sealed, so a second try finds what the first one published.
    """
    lines = (await hands.store.lines(case.key))[: effect.lines or None]
    if case.plan is None:
        return made(effect)
    key = hands.keys.private
    sealed_at = max(datetime.fromisoformat(lines[-1].at), _since(key, hands))
    try:
        pack = await _pack(effect.outcome, case, case.plan, lines, hands)
        data = seal(pack, key, sealed_at, (*hands.secrets, *hands.keys.secrets))
    except MillwrightError as error:
        return [Entry("evidence.refused", {"why": str(error)}), *made(effect)]
    digest = hashlib.sha256(data).hexdigest()
    tag = f"millwright-{case.display_id.lower()}-v{case.version}-{digest[:8]}"
    asset = await hands.github.publish(case.repo, tag, f"evidence_pack_{case.display_id}.zip", data)
    facts: dict[str, Any] = {
        "url": asset.url,
        "sha256": digest,
        "key": dsse.fingerprint(dsse.public_raw(key)),
        "lines": len(lines),
    }
    things = {f"evidence_{name}": value for name, value in facts.items()}
    return [Entry("evidence.sealed", facts), *made(effect, None, **things)]


def _since(key: Ed25519PrivateKey, hands: Hands) -> datetime:
    """When the key became the active one: after a rotation, no pack is dated back to before it."""
    name = dsse.fingerprint(dsse.public_raw(key))
    for one in cast(Sequence[Mapping[str, Any]], hands.keys.published()["keys"]):
        if one["keyid"] == name and one["from"]:
            return datetime.fromisoformat(one["from"])
    return datetime.min.replace(tzinfo=UTC)


async def _pack(outcome: str, case: Case, plan: Plan, lines: list[Line], hands: Hands) -> Pack:
    bundles = await _bundles(case, plan, hands)
    journals: dict[str, tuple[bytes, ...]] = {}
    for run in case.every_run:
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
        decisions=tuple(decision_of(line) for line in lines if line.entry.type in _DECISIONS),
        costs=tuple(
            CostLine(cost.what, cost.seconds, cost.billed_minutes, cost.amount, cost.currency)
            for cost in costs_of(case)
        ),
        residue=case.residue,
        files=files_of(plan, bundles),
        legs=logs_of(bundles),
    )


def _outcome(word: str) -> Outcome:
    known: dict[str, Outcome] = {
        "completed": "completed",
        "rolled_back": "rolled_back",
        "cancelled": "cancelled",
        "rejected": "rejected",
    }
    return known.get(word, "failed")


_DECISIONS = {
    "approval.given": "approved",
    "approval.refused": "refused",
    "approval.withdrawn": "withdrawn",
    "override.used": "overridden",
}


def decision_of(line: Line) -> Decision:
    """One ledger line about a decision as the pack tells it."""
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
        reason=line.entry.reason if line.entry.type == "override.used" else "",
    )


_VERDICTS: dict[str, Any] = dict(_DECISIONS)


async def _bundles(case: Case, plan: Plan, hands: Hands) -> list[tuple[LegRun, dict[str, bytes]]]:
    """What each run of each leg handed in, in the order of the legs, earlier runs first."""
    found = []
    for run in (run for leg in plan.legs for run in case.leg_runs(leg.id) if run.kept):
        data = await hands.store.blob(run.kept)
        if data:
            found.append((run, read_bundle(data)))
    return found


def files_of(plan: Plan, bundles: Bundles) -> dict[str, dict[str, bytes]]:
    """The files of all runs of all legs by step: `steps/<step>/…` of each bundle.

    Of a run that was tried again the later files count, but for what a step saw before its first change. What a
    rollback leaves is kept beside it, under `rollback/`.
    """
    files: dict[str, dict[str, bytes]] = {}
    steps = {step.id for step in plan.steps}
    for run, bundle in bundles:
        beside = "rollback/" if run.verb == "rollback" else ""
        for path, content in bundle.items():
            folder, _, rest = path.removeprefix("steps/").partition("/")
            if path.startswith("steps/") and folder in steps and rest:
                known = files.setdefault(folder, {})
                if rest != BEFORE or beside or BEFORE not in known:
                    known[beside + rest] = content
    return files


def logs_of(bundles: Bundles) -> dict[str, dict[str, bytes]]:
    """What belongs to no single step, by leg: the logs of what was asked of the world, run after run."""
    legs = dict.fromkeys(run.leg for run, _ in bundles)
    logs = {leg: joined_logs(bundle for run, bundle in bundles if run.leg == leg) for leg in legs}
    return {leg: files for leg, files in logs.items() if files}

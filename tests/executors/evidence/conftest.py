"""A case of two legs and two steps, as the bot would hand it to `seal`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.pack import CostLine, Decision, Pack
from executors.evidence.seal import seal
from executors.protocol import dsse
from executors.protocol.canonical import canonical
from executors.protocol.operation import (
    RemoveFile,
    RemoveRelease,
    Scratch,
    StoreRelease,
    SwitchRelease,
    WebRoot,
    WriteFile,
    for_journal,
)
from executors.protocol.plan import Estimate, Leg, Plan, Reason, Risk, Step, Unavailable
from tests.executors.evidence import odoo_case as odoo

NOW = datetime(2026, 11, 20, 10, 40, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FINGERPRINT = dsse.fingerprint(dsse.public_raw(KEY))
PAGE = b"<!doctype html><title>Acme Consulting GmbH</title>"

PLAN = Plan(
    repository_id=42,
    repository="acme/website",
    issue_node_id="I_kwDOA",
    issue_number=7,
    display_id="ACME-7",
    version=2,
    lane="business",
    title="Acme Consulting GmbH <script>alert(1)</script>",
    vertical="service_business_v1",
    briefing="a" * 64,
    steps=(
        Step(id="website", executor="website", title="Generate the website", summary="Nine pages.", inputs={}),
        Step(id="deploy", executor="deploy", title="Put it online", summary="Atomic switch.", inputs={}),
    ),
    legs=(Leg(id="main", steps=("website", "deploy")),),
    unavailable=(Unavailable(name="odoo", why="not in this release"),),
    risk=Risk(
        level="MEDIUM",
        reasons=(
            Reason(
                code="public",
                severity="MEDIUM",
                probability="HIGH",
                text="The site becomes public.",
                mitigation="The earlier release is kept.",
                steps=("deploy",),
            ),
        ),
        general=(
            Reason(
                code="gdpr",
                severity="HIGH",
                probability="LOW",
                text="Contact data is personal data.",
                mitigation="A privacy page is part of the site.",
            ),
        ),
    ),
    estimate=Estimate(minutes_low=1, minutes_high=3, cost_low="0.008", cost_high="0.024"),
    prices="b" * 64,
    policy="c" * 64,
)


def ledger_of(*events: tuple[str, str, str]) -> tuple[bytes, ...]:
    """Return chained lines of (type, login, reason)."""
    lines: list[bytes] = []
    for number, (kind, login, reason) in enumerate(events, 1):
        value = {
            "n": number,
            "prev": hashlib.sha256(lines[-1]).hexdigest() if lines else "0" * 64,
            "type": kind,
            "actor": {"id": 1000 + len(login), "login": login, "kind": "User"},
            "at": f"2026-11-20T10:{30 + number // 60:02}:{number % 60:02}.000000Z",
            "reason": reason,
            "data": {"blob": "d" * 64},
        }
        lines.append(canonical(value))
    return tuple(lines)


def journal() -> tuple[bytes, ...]:
    build, root = Scratch(step="website"), WebRoot(path="/srv/www/acme")
    index, team = "index.html", "team/index.html"
    off = SwitchRelease(at=root, release=None, expected="r1")
    operations: list[tuple[str, Any, Any]] = [
        ("website", WriteFile.of(build, index, PAGE), RemoveFile(at=build, path=index)),
        ("website", WriteFile.of(build, team, PAGE), RemoveFile(at=build, path=team)),
        (
            "deploy",
            StoreRelease(at=root, source=build, release="r1", tree="e" * 64),
            RemoveRelease(at=root, release="r1"),
        ),
        ("deploy", SwitchRelease(at=root, release="r1", expected=None), off),
    ]
    bodies: list[dict[str, Any]] = [{"entry": "leg_started", "verb": "execute"}]
    for number, (step, operation, undo) in enumerate(operations):
        key, back = f"{step}/1/{number}", undo.to_json()
        bodies.append({"entry": "intent", "step": step, "key": key, "operation": for_journal(operation)})
        result = {"entry": "result", "step": step, "key": key, "ok": True, "undo": back, "seconds": "0.004"}
        bodies.append(result)
    for step in ("website", "deploy"):
        ended = {"entry": "step_finished", "step": step, "status": "completed", "changed": 2, "seconds": "1.2"}
        bodies.append(ended)
    bodies.append({"entry": "leg_finished", "outcome": "completed"})
    return tuple(
        canonical({"n": n, "at": f"2026-11-20T10:31:{n:02}.000000Z", "body": body})
        for n, body in enumerate(bodies, 1)
    )


def packed(**changes: Any) -> Pack:
    """Return the pack; its keywords replace fields."""
    fields: dict[str, Any] = {
        "case": "repo:42/I_kwDOA",
        "plan": PLAN,
        "outcome": "completed",
        "ledger": ledger_of(
            ("capability.opened", "olga", ""),
            ("plan.generated", "millwright[bot]", "the briefing was complete"),
            ("approval.given", "maria", "/approve"),
            ("leg.dispatched", "millwright[bot]", "one approval of one"),
            ("step.completed", "millwright[bot]", "website"),
            ("capability.completed", "millwright[bot]", "every step is settled"),
        ),
        "journals": {"main": journal()},
        "decisions": (
            Decision(7, "maria", "maintain", "policy: risk MEDIUM wants 1 maintainer", "plan", 2, PLAN.digest,
                     "comment:991", "f" * 64, "2026-11-20T10:30:40.000000Z"),
        ),
        "costs": (
            CostLine("job execute", "48", 1, "0.008", "USD"),
            CostLine("runner acme-1", "12", None, None, "USD"),
        ),
        "files": {"website": {"generated_files/index.html": PAGE, "generated_files/über.html": PAGE}},
    }  # fmt: skip
    return Pack(**(fields | changes))


def packed_erp(**changes: Any) -> Pack:
    """Return a pack with a leg on an Odoo; its keywords replace fields."""
    fields: dict[str, Any] = {
        "plan": odoo.plan_of(packed().plan),
        "journals": {"erp": odoo.stored(odoo.whole())},
        "files": odoo.files(),
        "legs": {"erp": {"odoo.jsonl": odoo.calls()}},
    }
    return packed(**(fields | changes))


@pytest.fixture
def make_pack() -> Callable[..., Pack]:
    """Return a maker of packs; its keywords replace fields."""
    return packed


@pytest.fixture
def erp() -> Callable[..., Pack]:
    """Return a maker of packs with a leg on an Odoo; its keywords replace fields."""
    return packed_erp


@pytest.fixture
def sealed(make_pack: Callable[..., Pack]) -> bytes:
    return seal(make_pack(), KEY, NOW)


@pytest.fixture
def pack_path(sealed: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "evidence.zip"
    path.write_bytes(sealed)
    return path


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return KEY


@pytest.fixture
def fingerprint() -> str:
    return FINGERPRINT


@pytest.fixture
def now() -> datetime:
    return NOW

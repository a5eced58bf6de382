"""T26: an Odoo that sends the key or the master password back finds it in nothing that a run keeps or says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from executors.errors import WorldError
from executors.executor import Executor, Facts
from executors.protocol.finding import Finding
from executors.protocol.operation import Operation
from executors.protocol.plan import Seen
from executors.runner.guard import Guard
from executors.runner.journal import Journal
from executors.runner.leg import lead
from executors.runner.tools import Ready, Tools
from executors.world.secrets import Secrets
from tests.executors.legs import Told, clock, spec_of
from tests.executors.runner.office import Wanted, office, plan

KEY, MASTER = "0123456789abcdef0123456789abcdef01234567", 'open "sesame"\\'


def parrot() -> Executor:
    """Everything that it sees, warns of and fails with holds both."""

    def look(_inputs: Wanted, _step: str, _reader: object) -> Facts:
        seen = Seen(target="odoo:erp.acme.example/firm", fact="said", value=f"{KEY} and {MASTER}")
        return Facts(None, (seen,), {MASTER: [KEY, {"deep": f"<{MASTER}>"}]})

    def propose(_inputs: Wanted, step: str, _facts: Facts) -> Sequence[Operation]:
        if step == "sales":
            raise WorldError(f"Odoo said no to {MASTER}")
        return []

    def verify(_inputs: Wanted, step: str, _reader: object) -> list[Finding]:
        return [Finding(level="warning", code="said", message=f"it said {KEY}", step=step)]

    return Executor("office", "for a test", Wanted, look, propose, (), {}, verify)


def test_what_a_server_sends_back_is_kept_and_told_without_secrets(tmp_path: Path) -> None:
    hidden = Secrets(["KEY", "MASTER"], {"KEY": KEY, "MASTER": MASTER})
    kept: dict[str, bytes] = {}
    spec, told = spec_of(plan()), Told()
    ready = {one.id: Ready(one, parrot(), Wanted.model_validate(one.inputs)) for one in spec.plan.steps}
    journal = Journal(told, clock(), redact=hidden.redact)
    ended = lead(Tools(spec, office(tmp_path), journal, clock(), Guard.of(spec), ready, kept.__setitem__))
    assert ended.outcome == "failed"
    assert sorted(kept) == ["steps/crm/after.json", "steps/crm/before.json"]
    texts = [*kept.values(), *(line.model_dump_json().encode() for line in told.lines), str(ended.error).encode()]
    for text in texts:
        for secret in (KEY, MASTER, json.dumps(MASTER)[1:-1]):
            assert secret.encode() not in text
    assert b"***" in kept["steps/crm/before.json"]

"""A runner in a process of its own that dies by SIGKILL where it is told to, leaving what the bot was told.

`python -m tests.odoo.child ORDER`: ORDER is a JSON file with the plan, the secrets, the journal so far, where to
write the lines that the bot acknowledged, and the point at which to die: `intent` (acknowledged, not applied),
`result` (applied, not told), or none.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from executors.protocol.journal import Intent, JournalLine, Result
from executors.protocol.plan import Plan
from tests.odoo.erp import Erp
from tests.odoo.server.place import ROOT


def start(erp: Erp, point: str = "") -> subprocess.Popen[bytes]:
    """Carry the leg of `erp` out in another process, up to the point."""
    erp.folder.mkdir(parents=True, exist_ok=True)
    order = {
        "plan": erp.plan.to_json(),
        "secrets": erp.secrets,
        "journal": [line.to_json() for line in erp.journal],
        "told": str(told(erp)),
        "point": point,
    }
    path = erp.folder / "order.json"
    path.write_text(json.dumps(order))
    told(erp).write_bytes(b"")
    return subprocess.Popen([sys.executable, "-m", "tests.odoo.child", str(path)], cwd=ROOT)


def collect(erp: Erp, process: subprocess.Popen[bytes]) -> int:
    """Wait for its end, add what the bot was told to the journal of `erp`, and return its exit code."""
    code = process.wait(120)
    lines = told(erp).read_text("utf-8").splitlines()
    erp.journal += [JournalLine.model_validate_json(line) for line in lines]
    return code


def told(erp: Erp) -> Path:
    """The file of the lines that the bot acknowledged."""
    return erp.folder / "told.jsonl"


def keeping(path: Path, point: str) -> Callable[[Sequence[JournalLine]], str]:
    """A bot that writes down what it is told, and the death at the point."""

    def decide(lines: Sequence[JournalLine]) -> str:
        if point == "result" and any(isinstance(line.body, Result) and line.body.ok for line in lines):
            os.kill(os.getpid(), signal.SIGKILL)
        with path.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(line.to_json()) + "\n" for line in lines)
        if point == "intent" and any(isinstance(line.body, Intent) for line in lines):
            os.kill(os.getpid(), signal.SIGKILL)
        return "go"

    return decide


def main(path: Path) -> int:
    """Carry out as ordered; returns 0 where the leg completed."""
    order = json.loads(path.read_text("utf-8"))
    plan = Plan.model_validate(order["plan"])
    erp = Erp(plan.steps, order["secrets"], path.parent)
    erp.plan, erp.journal = plan, [JournalLine.model_validate(line) for line in order["journal"]]
    erp.decide = keeping(Path(order["told"]), order["point"])
    return 0 if erp.execute().outcome == "completed" else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

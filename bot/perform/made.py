"""What an effect made, in the ledger's words.

It is recorded as `effect.performed` with data {"effect": class name, "key", "made": {…}}:

| effect | made | alias |
|---|---|---|
| Say(sticky) | sticky: comment id; sticky_body: SHA-256 of what it says | |
| OpenPull | pull, pull_head, pull_url, pull_plan, branch | pull:<repo id>:<number> |
| Check | check:<name>:<head, 12>: check run id | |
| Deployment | deployment:<environment>:v<version>: id, and with :ref its commit | |
| Dispatch | nonce, run_id, run_url (absent where GitHub did not tell them) | run:<run id> |
| Grant (execute, report) | session:<nonce>: SHA-256 of the session key | |
| Erase | erased, shared: how many | |
| Anchor | anchored: last line, anchor: commit, anchored_in: {id, name} of the repository | |
| Seal | evidence_url, evidence_sha256, evidence_key | |
"""

from __future__ import annotations

from typing import Any

from bot.domain.effects import Effect
from bot.domain.ledger import Entry


def made(effect: Effect, alias: str | None = None, /, **things: Any) -> list[Entry]:
    """`effect.performed` with the effect's class, its key and the ids of what it made on GitHub."""
    data = {"effect": type(effect).__name__, "key": getattr(effect, "key", ""), "made": things}
    return [Entry("effect.performed", data, alias=alias)]

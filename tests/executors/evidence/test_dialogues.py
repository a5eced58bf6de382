"""What was done over SSH and asked of name servers stands on the page, and the logs in the pack."""

import json
import re
from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.bundle import joined_logs
from executors.evidence.dialogues import dialogues_of
from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from tests.executors.evidence.test_seal import opened


def log(*entries: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in entries)


def ssh(doing: str, ended: object) -> dict[str, object]:
    return {"at": "ssh:web.example/srv", "doing": doing, "ended": ended, "said": ""}


def test_each_thing_is_a_row_and_repetitions_are_counted() -> None:
    data = log(
        ssh("looking", 0), ssh("looking", 0), ssh("storing r-1", 23), ssh("looking", 0), ssh("x", "not in time")
    )
    (told,) = dialogues_of({"main": {"ssh.jsonl": data + b'{"at": "cut'}})
    assert [(turn.what, turn.times, turn.ended, turn.good) for turn in told.turns] == [
        ("looking", 2, "done", True),
        ("storing r-1", 1, "exit code 23", False),
        ("looking", 1, "done", True),
        ("x", 1, "not in time", False),
    ]
    assert (told.total, told.cut, told.more, told.path) == (5, 1, 0, "legs/main/ssh.jsonl")
    many = log(*[ssh(f"storing {number}", 0) for number in range(130)])
    assert dialogues_of({"main": {"ssh.jsonl": many}})[0].more == 30


def test_logs_of_ssh_reach_the_pack_and_its_page(
    make_pack: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    dns = {"server": "ns1.a.example", "zone": "a.example", "what": "update", "about": "<b>A", "outcome": "REFUSED"}
    bundles = [
        {"ssh.jsonl": log(ssh("storing r-1", 0))},
        {"ssh.jsonl": log(ssh("serving r-1", 0)), "dns.jsonl": log(dns)},
    ]
    files = opened(seal(make_pack(legs={"main": joined_logs(bundles)}), key, now))
    assert files["legs/main/ssh.jsonl"].count(b"\n") == 2
    text = re.sub(r"\s+", " ", files["index.html"].decode())
    assert "What leg main did over SSH" in text
    assert '<td>storing r-1</td><td class="n">1</td><td>done</td>' in text
    assert "What leg main asked of name servers" in text
    assert '<td>update &lt;b&gt;A</td><td class="n">1</td><td class="wrong">REFUSED</td>' in text

"""The pages tell what the records say, and nothing that the records try to make them say."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError
from executors.evidence.pack import CostLine, Pack
from executors.evidence.seal import seal
from executors.evidence.story import tell
from executors.evidence.words import cost_total, plain
from executors.protocol.canonical import canonical, parse

MakePack = Callable[..., Pack]


def page(sealed: bytes, name: str = "index.html") -> str:
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        return archive.read(name).decode()


def lines(*bodies: dict[str, object]) -> tuple[bytes, ...]:
    at = "2026-11-20T10:31:00.000000Z"
    return tuple(canonical({"n": n, "at": at, "body": body}) for n, body in enumerate(bodies, 1))


def test_the_page_says_who_allowed_it_what_was_done_and_how_to_check(
    sealed: bytes, make_pack: MakePack, fingerprint: str
) -> None:
    text = page(sealed)
    for word in ("maria (id 7)", "maintain", "comment 991", "exactly this plan", "switch release", "≥ 0.008 USD"):
        assert word in text
    assert make_pack().plan.digest in text
    assert fingerprint in text
    assert "python verify.py" in text


def test_titles_and_reasons_are_text_on_the_page_and_never_markup(sealed: bytes) -> None:
    for name in ("index.html", "risk_assessment.html"):
        text = page(sealed, name)
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_pages_ask_no_other_host_and_name_only_files_of_the_pack(sealed: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        names = archive.namelist()
    for name in ("index.html", "risk_assessment.html"):
        links = re.findall(r'(?:href|src)="([^"]*)"', page(sealed, name))
        assert links
        here = {link for link in links if link.startswith("#")}
        assert all(f'id="{link[1:]}"' in page(sealed, name) for link in here)
        assert all(any(path.startswith(link) for path in names) for link in set(links) - here)
        assert "default-src 'none'" in page(sealed, name)


def test_what_was_taken_back_is_counted_apart(make_pack: MakePack) -> None:
    done = {"op": "store_release", "at": {"kind": "web_root", "path": "/srv"}, "release": "a"}
    undo = {"op": "remove_release", "at": {"kind": "web_root", "path": "/srv"}, "release": "a"}
    journal = lines(
        {"entry": "leg_started", "verb": "execute"},
        {"entry": "intent", "step": "deploy", "key": "deploy/1/0", "operation": done},
        {"entry": "result", "step": "deploy", "key": "deploy/1/0", "ok": True, "undo": undo},
        {"entry": "step_finished", "step": "deploy", "status": "failed", "error": "disk full", "seconds": "4.2"},
        {"entry": "intent", "step": "deploy", "key": "deploy/1/1", "operation": done},
        {"entry": "result", "step": "deploy", "key": "deploy/1/1", "ok": False, "error": "disk full"},
        {"entry": "intent", "step": "deploy", "key": "undo/0", "operation": undo, "undoes": ["deploy/1/0"]},
        {"entry": "result", "step": "deploy", "key": "undo/0", "ok": True},
        {"entry": "step_finished", "step": "deploy", "status": "rolled_back"},
    )
    story = tell(make_pack(journals={"main": journal}), created="", head="", signer="")
    website, deploy = story.steps
    assert (website.status, website.operations) == ("pending", ())
    assert (deploy.status, deploy.error, deploy.seconds) == ("rolled back", "disk full", "4.2")
    assert [(row.op, row.applied, row.failed, row.undone) for row in deploy.operations] == [
        ("store release", 1, 1, 1)
    ]
    assert (story.applied, story.undone) == (1, 1)
    assert any("FAILED [deploy/1/1] disk full" in line for line in deploy.log)


def test_what_stays_in_the_build_folder_is_no_change_to_the_outside(make_pack: MakePack) -> None:
    story = tell(make_pack(), created="", head="", signer="")
    assert [row.applied for step in story.steps for row in step.operations] == [2, 1, 1]
    assert story.applied == 2


def test_a_preview_s_operations_are_logged_and_not_counted(make_pack: MakePack) -> None:
    write = {"op": "write_file", "at": {"kind": "scratch", "step": "website"}, "path": "a"}
    journal = lines(
        {"entry": "leg_started", "verb": "preview"},
        {"entry": "intent", "step": "website", "key": "website/1/0", "operation": write},
        {"entry": "result", "step": "website", "key": "website/1/0", "ok": True},
    )
    story = tell(make_pack(journals={"main": journal}), created="", head="", signer="")
    assert story.applied == 0
    assert len(story.steps[0].log) == 2


def test_an_approval_of_another_version_is_shown_as_such(make_pack: MakePack) -> None:
    pack = make_pack()
    old = replace(pack.decisions[0], digest="0" * 64, version=1)
    story = tell(replace(pack, decisions=(old,)), created="", head="", signer="")
    assert [decision.counts for decision in story.decisions] == [False]


def test_a_pack_without_any_decision_says_so(make_pack: MakePack, key: Ed25519PrivateKey, now: datetime) -> None:
    assert "nobody allowed this" in page(seal(make_pack(decisions=()), key, now))


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        ((), "unknown"),
        ((None,), "unknown"),
        (("0.10", "0.20"), "0.30 USD"),
        (("0.10", None), "≥ 0.10 USD"),
    ],
)
def test_an_unknown_cost_is_never_counted_as_zero(amounts: tuple[str | None, ...], total: str) -> None:
    assert cost_total([CostLine("job", "1", 1, amount, "USD") for amount in amounts]) == total


def test_characters_that_nobody_can_see_are_marked() -> None:
    assert plain("pay\u202eload\u200b\x1b[2J\nx") == "pay�load�[2J x"


def test_a_journal_line_that_is_none_is_refused(make_pack: MakePack) -> None:
    with pytest.raises(ProtocolError):
        tell(make_pack(journals={"main": (b'{"n":1}',)}), created="", head="", signer="")


def test_a_ledger_line_without_an_actor_is_refused(make_pack: MakePack) -> None:
    line = parse(make_pack().ledger[0])
    del line["actor"]
    with pytest.raises(ProtocolError, match="actor"):
        tell(make_pack(ledger=(canonical(line),)), created="", head="", signer="")


def test_an_override_is_a_badge_with_its_reason(
    make_pack: MakePack, key: Ed25519PrivateKey, now: datetime
) -> None:
    pack = make_pack()
    said = replace(pack.decisions[0], verdict="overridden", digest=pack.plan.digest, reason="a <b>fair</b> opens")
    text = page(seal(make_pack(decisions=(*pack.decisions, said)), key, now))
    assert '<span class="badge overridden">1 override</span>' in text
    assert "a &lt;b&gt;fair&lt;/b&gt; opens" in text
    assert '<span class="badge overridden">' not in page(seal(pack, key, now))

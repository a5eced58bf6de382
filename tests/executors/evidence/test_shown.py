"""What an auditor sees at once: who, when and what came of it, pictures, checks, DNS before and after."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.evidence.milestones import span
from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from executors.evidence.story import tell
from executors.protocol.canonical import canonical
from tests.executors.evidence.conftest import journal, ledger_of
from tests.executors.evidence.test_story import lines, page

MakePack = Callable[..., Pack]
PICTURE = b"RIFF\x08\x00\x00\x00WEBP"
HOME = {"page": "index.html", "width": 390, "path": "screenshots/index-390.webp", "cut": True}


def album(*pictures: dict[str, Any], **changes: Any) -> bytes:
    told = {"browser": "Chrome/150", "pictures": list(pictures), "without": [], "why": "", **changes}
    return canonical(told)


@pytest.fixture
def shown(make_pack: MakePack, key: Ed25519PrivateKey, now: datetime) -> Callable[..., str]:
    """The page of a pack with these files of the step `website`."""

    def text(files: dict[str, bytes], **changes: Any) -> str:
        return page(seal(make_pack(files={"website": files}, **changes), key, now))

    return text


def test_the_first_screen_answers_who_when_what_and_how_much(sealed: bytes) -> None:
    text = re.sub(r"<[^>]+>|\s+", " ", page(sealed)).split("The way")[0]
    text = re.sub(r"\s+", " ", text)
    for words in (
        "Outcome 2 of 2 steps 2 changes to the outside, 0 taken back",
        "Asked for by olga (id 1004) 2026-11-20 10:30:01 UTC",
        "Allowed by maria (id 7)",
        "From first word to last 5 s until 2026-11-20 10:30:06 UTC",
        "Cost ≥ 0.008 USD estimated 0.008 to 0.024 USD",
        "Left behind nothing",
    ):
        assert words in text, words


def test_an_approval_of_another_plan_allowed_nothing(make_pack: MakePack) -> None:
    pack = make_pack()
    old = replace(pack.decisions[0], digest="0" * 64, version=1)
    assert tell(make_pack(decisions=(old,)), created="", head="", signer="").allowed_by == ()
    assert tell(pack, created="", head="", signer="").allowed_by == ("maria (id 7)",)


def test_the_way_leaves_out_what_only_machines_ask_for(make_pack: MakePack) -> None:
    story = tell(make_pack(), created="", head="", signer="")
    assert [one.what for one in story.milestones] == [
        "Asked for",
        "Planned",
        "Approved",
        "Run started",
        "Completed",
    ]
    many = ledger_of(*[("leg.dispatched", "x", str(number)) for number in range(50)])
    told = tell(make_pack(ledger=many), created="", head="", signer="").milestones
    assert [told[0].detail, told[-1].detail, len(told)] == ["0", "49", 40]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_725, "1 h 2 min"), (86_400, "1 d"), (180_000, "2 d 2 h")],
)
def test_spans_are_told_by_their_two_largest_units(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_pictures_stand_on_the_page_and_lead_to_files_of_the_pack(shown: Callable[..., str]) -> None:
    wide = {"page": "index.html", "width": 1280, "path": "screenshots/a #ü-1280.webp"}
    text = shown({"screenshots.json": album(HOME, wide), HOME["path"]: PICTURE, wide["path"]: PICTURE})
    assert '<a href="steps/step_1_website/screenshots/a%20%23%C3%BC-1280.webp"><img' in text
    assert 'class="phone"><img src="steps/step_1_website/screenshots/index-390.webp"' in text
    assert 'alt="index.html, 390 pixels wide, its upper part"' in text
    assert text.index("1280 pixels wide") < text.index("390 pixels wide")
    assert "Chrome/150" in text


@pytest.mark.parametrize(
    "path",
    ["screenshots/gone-390.webp", "screenshots/../../plan.webp", "/etc/x.webp", "https://evil.example/x.webp"],
)
def test_a_picture_that_is_not_in_the_step_is_not_shown(path: str, shown: Callable[..., str]) -> None:
    text = shown({"screenshots.json": album(HOME | {"path": path})})
    assert "<img" not in text


@pytest.mark.parametrize("data", [b"{", b"[]", canonical({"pictures": "all of them"})])
def test_an_album_that_is_none_is_said_to_be_so(data: bytes, shown: Callable[..., str]) -> None:
    assert "No screenshots: screenshots.json is not in the form of an album." in shown({"screenshots.json": data})


def test_why_there_are_no_pictures_stands_on_the_page(shown: Callable[..., str]) -> None:
    text = shown({"screenshots.json": album(without=["index.html"], why="no browser on the <b>runner</b>")})
    assert "No screenshots: no browser on the &lt;b&gt;runner&lt;/b&gt;." in text
    text = shown({"screenshots.json": album(HOME, without=["a.html", "b.html"], why="x"), HOME["path"]: PICTURE})
    assert "2 pages are not shown: x." in text


def looked(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, bytes], tuple[bytes, ...]]:
    """The files and the journal of a step `website` that saw this before and after."""
    files = {"before.json": canonical(before), "after.json": canonical(after)}
    digests = [hashlib.sha256(files[name]).hexdigest() for name in ("before.json", "after.json")]
    looks: list[dict[str, Any]] = [
        {"entry": "looked", "step": "website", "round": n, "record": d} for n, d in enumerate(digests, 1)
    ]
    bodies = [json.loads(line)["body"] for line in journal()]
    return files, lines(bodies[0], *looks, *bodies[1:])


def test_dns_stands_as_before_and_after(shown: Callable[..., str]) -> None:
    sets = {"a.example A": "300 192.0.2.1", "a.example MX": "300 10 mail.a.example", "www.a.example CNAME": None}
    after = sets | {"a.example A": "300 192.0.2.7", "www.a.example CNAME": "300 a.example"}
    files, told = looked({"dns_records": sets}, {"dns_records": after})
    text = re.sub(r"<[^>]+>", " ", shown(files, journals={"main": told}))
    text = re.sub(r"\s+", " ", text)
    assert "DNS records Name and type Before After a.example A 300 192.0.2.1 300 192.0.2.7" in text
    assert "www.a.example CNAME — 300 a.example" in text
    assert "MX" not in text
    assert "1 DNS set is as before" in text


def test_checks_and_findings_stand_on_the_page_once(shown: Callable[..., str]) -> None:
    check = {
        "check": "tls",
        "looked_at": "a.example:443",
        "found": "expired <i>",
        "verdict": "failure",
        "next": "renew it",
    }
    files, told = looked({"probes": [check]}, {"probes": [check, {"check": "no check"}]})
    found = [{"level": "failure", "code": "tls", "message": "said by the check", "step": "website"},
             {"level": "notice", "code": "later", "message": "came at try 2", "step": "website"},
             {"level": "warning", "code": "no-tls", "message": "no TLS", "step": "website"}]  # fmt: skip
    bodies = [json.loads(line)["body"] for line in told]
    noted: list[dict[str, object]] = [{"entry": "finding", "finding": one} for one in (*found, found[1])]
    text = shown(files, journals={"main": lines(*bodies[:-1], *noted, bodies[-1])})
    assert '<span class="badge failure">failure</span>' in text
    assert "expired &lt;i&gt;<br><b>Next:</b> renew it" in text
    assert "said by the check" not in text.split("What was noticed")[1].split("</ul>")[0]
    assert text.count("came at try 2") == 1
    assert text.index("no TLS") < text.index("came at try 2")

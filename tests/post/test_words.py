"""What a mail says, and what a webhook carries: golden files to look at, and nobody's words out of their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import say
from bot.domain.notice import Amount, Notice, payload
from tests.post.messages import CASE, NOTICE

GOLDEN = Path(__file__).parent / "golden"
EVIDENCE = ("https://github.com/acme/website/releases/download/x/evidence_pack_WEB-7.zip", "e" * 64)
HOSTILE = (
    'Cheap "pills"\r\nBcc: x@evil.example <script>alert(1)</script> https://evil.example/login \u202egnp.exe 🎉'
)
UNDONE = {
    "news": "failed",
    "outcome": "failed",
    "url": "",
    "cost": Amount(amount="0.1", currency="EUR", is_whole=False),
}
LEFT = ("the module `crm` in the database acme: others have used it since", "a release that is served")
NOTICES: dict[str, Notice] = {
    "completed": NOTICE,
    "failed": NOTICE.model_copy(update=UNDONE | {"residue": LEFT, "more": 3}),
    "rolled_back": NOTICE.model_copy(update=UNDONE | {"news": "rolled_back", "outcome": "rolled_back"}),
    "kept": NOTICE.model_copy(update=UNDONE | {"news": "rolled_back", "kept": "website"}),
    "cancelled": NOTICE.model_copy(update={"news": "cancelled", "outcome": "cancelled", "url": "", "cost": None}),
    "gate": NOTICE.model_copy(update={"news": "gate.opened", "outcome": "waiting", "url": "", "gate": "board"}),
    "hostile": NOTICE.model_copy(update=UNDONE | {"title": HOSTILE, "residue": (HOSTILE,)}),
}


@pytest.mark.parametrize("name", NOTICES)
def test_a_mail_reads_as_its_golden_file(name: str) -> None:
    words = say.mail(NOTICES[name], *(EVIDENCE if name != "gate" else ()))
    for ending, text in (("txt", f"Subject: {words.subject}\n\n{words.text}"), ("html", words.html)):
        path = GOLDEN / f"{name}.{ending}"
        assert text == path.read_text("utf-8"), f"look at it, then write it to {path.name}"


def test_there_is_no_golden_file_of_another_mail() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(NOTICES)


def test_nothing_in_a_mail_is_fetched_from_anywhere() -> None:
    for notice in NOTICES.values():
        page = say.mail(notice, *EVIDENCE).html
        assert not any(word in page for word in ("<img", "<link", "<script", "src=", "url(", "@import"))


def test_a_hostile_title_is_one_line_and_no_link() -> None:
    words = say.mail(NOTICES["hostile"])
    assert "\n" not in words.subject
    assert "\r" not in words.text
    assert "https://evil" not in words.text + words.html
    assert "&lt;script&gt;" in words.html
    assert "\u202e" not in words.subject + words.text + words.html


def test_a_webhook_has_type_time_and_data() -> None:
    found = payload(NOTICES["failed"], CASE, *EVIDENCE)
    assert list(found) == ["type", "timestamp", "data"]
    assert (found["type"], found["timestamp"]) == ("capability.failed", NOTICE.at)
    assert found["data"]["residue"] == list(LEFT)
    assert found["data"]["cost"] == {"amount": "0.1", "currency": "EUR", "is_whole": False}
    assert found["data"]["evidence"] == {"url": EVIDENCE[0], "sha256": EVIDENCE[1]}
    assert payload(NOTICES["gate"], CASE, "", "")["type"] == "gate.opened"
    assert payload(NOTICES["gate"], CASE, "", "")["data"]["evidence"] is None
    assert json.loads(json.dumps(found)) == found

"""The report on paper: the same bytes each time, text that can be searched, and no text that breaks it."""

import dataclasses
import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from executors.evidence.pack import Pack
from executors.evidence.report_pdf import risk_pdf
from executors.evidence.story import tell
from executors.protocol.plan import Reason, Risk
from tests.programs import program

MakePack = Callable[..., Pack]


def pdf(pack: Pack) -> bytes:
    return risk_pdf(
        tell(pack, created="2026-11-20T10:40:00Z", head="a" * 64, signer="SHA256:" + "b" * 64), pack.plan
    )


def planned(pack: Pack, **changes: Any) -> Pack:
    return dataclasses.replace(pack, plan=pack.plan.model_copy(update=changes))


def text_of(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    done = subprocess.run([program("pdftotext"), "-layout", path, "-"], check=True, capture_output=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def reason(text: str) -> Reason:
    return Reason(code="public", severity="HIGH", probability="LOW", text=text, mitigation="Nothing.")


def test_the_same_story_gives_the_same_bytes_without_compression_clock_or_chance(make_pack: MakePack) -> None:
    data = pdf(make_pack())
    assert data == pdf(make_pack())
    assert b"FlateDecode" not in data
    assert b"D:20261120104000Z" in data
    assert hashlib.sha256(data).digest() != hashlib.sha256(pdf(make_pack(outcome="failed"))).digest()


def test_the_text_says_it_all_and_can_be_searched(make_pack: MakePack, tmp_path: Path) -> None:
    pack = make_pack(residue=("the branch gh-pages",))
    text = text_of(pdf(pack), tmp_path)
    for words in (
        "Acme Consulting GmbH <script>alert(1)</script>",
        f"{pack.plan.token}, mode checkpoints",
        pack.plan.digest,
        "MEDIUM risk, 6 points · completed",
        "The site becomes public. The earlier release is kept.",
        "Contact data is personal data. A privacy page is part of the site.",
        "1. Generate the website Nine pages. reversible completed 1.2 s",
        "Time 1 to 3 minutes",
        "Cost 0.008 to 0.024 USD",
        "What it cost ≥ 0.008 USD",
        "maria (id 7) plan, exactly this plan",
        "Left behind: the branch gh-pages",
        "Asked for and not available: odoo: not in this release",
        " 1/2 ",
    ):
        assert words in text, words


def test_umlauts_are_text_and_letters_that_the_font_lacks_are_named(make_pack: MakePack, tmp_path: Path) -> None:
    pack = planned(make_pack(), title="Größe für 3 € · Çağrı Żółw 🚀🚀 → Straße")
    text = text_of(pdf(pack), tmp_path)
    assert "Größe für 3 € · Çağrı Zółw [?] -> Straße" in text
    assert "U+017B latin capital letter z with dot above as Z" in text
    assert "U+1F680 rocket as [?]" in text
    assert "shown otherwise" not in text_of(pdf(make_pack()), tmp_path)


def test_impact_points_warnings_and_basis_are_said(make_pack: MakePack, tmp_path: Path) -> None:
    told = reason("Mail may get lost.").model_copy(update={"impact": "Orders are missed.", "code": "mail"})
    risk = Risk(level="HIGH", reasons=(told,), warnings=("Read me.",), recommendations=("Lower the TTL first.",))
    pack = make_pack()
    estimate = pack.plan.estimate.model_copy(update={"basis": "deploy: measured over 7 runs"})
    text = text_of(pdf(planned(pack, risk=risk, estimate=estimate)), tmp_path)
    for words in ("3 points · completed", "Orders are missed.", "mail · the whole plan · 3 points", "· Read me.",
                  "· Lower the TTL first.", "Known by deploy: measured over 7 runs"):  # fmt: skip
        assert words in text, words
    assert "Known by unknown" in text_of(pdf(pack), tmp_path)


def test_nobody_allowed_it_is_said(make_pack: MakePack, tmp_path: Path) -> None:
    assert "nobody allowed this" in text_of(pdf(make_pack(decisions=())), tmp_path)


@pytest.mark.parametrize("text", ["word " * 1_800, "x" * 9_000, "<b>&amp;<para>\n</font>" * 200])
def test_text_of_any_length_and_kind_is_laid_out(text: str, make_pack: MakePack, tmp_path: Path) -> None:
    pack = planned(
        make_pack(),
        risk=Risk(level="HIGH", reasons=(reason(text[:4_000]), reason(text[:4_000]))),
        title=text[:900],
    )
    said = text_of(pdf(pack), tmp_path)
    assert re.sub(r"\s", "", text[:300]) in re.sub(r"\s", "", said)
    assert "What remains" in said

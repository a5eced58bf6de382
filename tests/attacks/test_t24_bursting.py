"""T24: text that grows when it is made harmless does not burst what GitHub takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import say
from bot.domain.faults import Fault
from bot.domain.messages import BriefingFaults, Finished, NoPolicy
from bot.say.budget import COMMENT
from bot.say.encode import block, code, prose
from executors.protocol.finding import Finding
from tests.samples import CASE, MESSAGES

GROWING = ("@", "<", "#a", "`", "`x", "@" + "x" * 14, "<b> " + "y" * 20, "`" * 9 + "x")


@pytest.mark.parametrize("piece", GROWING)
def test_no_text_grows_beyond_what_was_counted_on(piece: str) -> None:
    text = piece * 4_000
    assert len(prose(text, 300)) <= 500
    assert len(code(text, 300)) <= 325
    assert len(block(text)) <= 8_100


@pytest.mark.parametrize("piece", GROWING)
def test_a_comment_full_of_such_text_is_written_all_the_same(piece: str) -> None:
    text = (piece * 4_000)[:3_900]
    faults = (Fault(text, text, text),) * 500
    finding = Finding(level="failure", code="x", message=text, path=text)
    done = next(message for message in MESSAGES if isinstance(message, Finished))
    case = replace(CASE, remains={"website": (text,) * 500}, failure=text)
    without = next(message for message in MESSAGES if isinstance(message, NoPolicy))
    for message in (
        BriefingFaults(CASE, faults),
        replace(without, faults=faults),
        replace(done, case=case, findings=(finding,) * 1_000),
    ):
        assert len(say.comment(message, "<!-- mark -->")) <= COMMENT

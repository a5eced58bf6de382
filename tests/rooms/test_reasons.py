"""The list of reason codes is closed, and its page says what the table says."""

from __future__ import annotations

from bot.domain.reasons import REASONS
from tests.rooms.reasons import PAGE, codes, page


def test_every_code_that_the_source_gives_is_explained() -> None:
    assert sorted(codes() - set(REASONS)) == []


def test_no_code_is_explained_that_nothing_gives() -> None:
    assert sorted(set(REASONS) - codes()) == []


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.rooms.reasons"

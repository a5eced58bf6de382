"""The guide of each trade is written from its file, and nothing in the file is left out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.domain.vertical import Vertical
from tests.rooms.guides import FOLDER, ROOT, VERTICALS, guide
from tests.rooms.readme import README


@pytest.mark.parametrize("one", VERTICALS.values(), ids=VERTICALS)
def test_it_is_written_from_the_file_of_its_trade(one: Vertical) -> None:
    page = FOLDER / f"{one.vertical_id}.md"
    assert page.read_text("utf-8") == guide(one), "run `python -m tests.rooms.guides`"


def test_there_is_one_for_each_trade_and_the_readme_links_it() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == VERTICALS.keys()
    text = README.read_text("utf-8")
    assert [name for name in VERTICALS if f"](.github/guides/{name}.md)" not in text] == []


@pytest.mark.parametrize("one", VERTICALS.values(), ids=VERTICALS)
def test_all_that_the_file_says_stands_in_it(one: Vertical) -> None:
    text = guide(one)
    said = set(leaves(one.model_dump(mode="json", exclude_defaults=True)))
    lacking = {leaf for leaf in said if leaf not in text and leaf.replace("_", " ") not in text}
    assert lacking == set()


@pytest.mark.parametrize("one", VERTICALS.values(), ids=VERTICALS)
def test_its_links_lead_somewhere(one: Vertical) -> None:
    for path in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", guide(one)):
        assert (FOLDER / "".join(path)).resolve().is_relative_to(ROOT)
        assert (FOLDER / "".join(path)).exists(), path


def leaves(value: Any) -> Iterator[str]:
    """The words and numbers in a document; a moment by its day."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield re.sub(r"^(\d{4}-\d\d-\d\d)T.*$", r"\1", str(value))

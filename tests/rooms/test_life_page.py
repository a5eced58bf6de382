"""LIFE.md says of everything that happens on GitHub what follows, with a test that is really there."""

from __future__ import annotations

import re

import pytest

from bot.decide import life
from tests.rooms.test_security import HOUSE, NAMED, names_in

TEXT = (HOUSE / ".github" / "LIFE.md").read_text("utf-8")
HEAD = "| what happens on GitHub | what Millwright does | what people see | what comes next | tests |"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and line != HEAD
]
WORDS = {
    "house.renamed": "renamed",
    "house.archived": "archived",
    "house.unarchived": "unarchived",
    "house.transferred": "another owner",
    "house.deleted": "deleted",
    "house.branched": "default branch",
    "house.suspended": "suspended",
    "house.unsuspended": "unsuspended",
    "house.excluded": "taken from it",
    "house.included": "given back",
    "house.uninstalled": "removed",
    "house.installed": "installed again",
    "house.rights": "leaves the organisation",
}


def test_every_row_answers_the_four_questions_and_names_its_tests() -> None:
    assert len(ROWS) >= 25
    for row in ROWS:
        assert len(row) == 5, row
        assert all(row), row
        assert NAMED.sub("", row[-1]).strip() == "", f"{row[0]} names something that is no test"
        assert NAMED.findall(row[-1]), f"{row[0]} names no test"


def test_every_table_has_the_same_columns() -> None:
    assert TEXT.count(HEAD) == len(re.findall(r"^\|---\|---\|---\|---\|---\|$", TEXT, re.MULTILINE)) == 7


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(TEXT))))
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    assert name in names_in(path), f"{path} has no {name}"


@pytest.mark.parametrize("kind", sorted(life.KINDS))
def test_everything_that_a_case_is_told_has_a_row(kind: str) -> None:
    assert any(WORDS[kind] in row[0] for row in ROWS), kind


def test_every_story_of_life_stands_in_a_row() -> None:
    named = {name for _, name in NAMED.findall(TEXT)}
    for path in sorted((HOUSE / "tests" / "stories").glob("test_life*.py")):
        relative = str(path.relative_to(HOUSE))
        assert {name for name in names_in(relative) if name.startswith("test_")} <= named, relative

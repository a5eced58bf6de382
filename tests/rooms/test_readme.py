"""What the README says is what the code does."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from bot.__main__ import names
from bot.cli.demo.firms import chosen
from bot.domain.policy import Policy, parse
from tests.rooms.readme import PARTS, README, written

TEXT = README.read_text("utf-8")


@pytest.mark.parametrize("page", PARTS, ids=lambda page: page.name)
def test_its_drawn_parts_are_drawn_from_the_code(page: Path) -> None:
    assert written(page) == page.read_text("utf-8"), "run `python -m tests.rooms.readme`"


@pytest.mark.parametrize("path", re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT))
def test_its_links_lead_somewhere(path: str) -> None:
    assert (README.parent / path).exists()


def test_the_subcommands_it_names_are_there() -> None:
    assert set(re.findall(r"`?millwright ([a-z]+) ", TEXT)) <= set(names())


def test_the_make_targets_it_names_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (README.parent / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", TEXT, re.MULTILINE)) <= targets


def test_the_words_after_make_are_variables_that_it_reads() -> None:
    read = set(re.findall(r"\$\(if \$\(([A-Z]+)\)|\$\(([A-Z]+)\)", (README.parent / "Makefile").read_text()))
    named = set(re.findall(r"make [a-z]+ ([A-Z]+)=", TEXT))
    assert named <= {name for pair in read for name in pair}


def test_the_trades_that_the_demo_is_said_to_play_are_the_ones_it_plays() -> None:
    [said] = re.findall(r"plays another trade: ([^.]+)\.", TEXT)
    *words, every = re.findall(r"`([a-z]+)`", said)
    assert {firm for word in words for firm in chosen(word)} == set(chosen(every))


def test_pictures_it_shows_are_there() -> None:
    shown = re.findall(r'src="([^"]+)"', TEXT)
    assert shown
    assert [path for path in shown if not (README.parent / path).is_file()] == []


def test_the_policy_it_shows_is_one() -> None:
    found = re.search(r"```yaml\n(   version: 1\n.*?)   ```", TEXT, re.DOTALL)
    assert found
    assert isinstance(parse(textwrap.dedent(found[1])), Policy)

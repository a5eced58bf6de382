"""What the check run of proposed templates says, as it is read; and nothing in it gets out of its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import say
from bot.domain.faults import Fault
from bot.domain.template_words import TemplatesChecked
from bot.say.budget import CHECK_TEXT
from tests.rooms.test_messages import HOSTILE
from tests.samples_template import BAD, GOOD, SAMPLES

GOLDEN = Path(__file__).parent / "golden"


def text_of(checked: TemplatesChecked) -> str:
    output = say.template(checked)
    return f"# {output.title}\n\n{output.summary}\n\n{output.text}\n"


@pytest.mark.parametrize("name", SAMPLES)
def test_it_reads_as_its_golden_file(name: str) -> None:
    path = GOLDEN / f"check_{name}.md"
    assert text_of(SAMPLES[name]) == path.read_text("utf-8"), f"look at it, then write it to {path.name}"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_stranger_wrote_stays_text(hostile: str) -> None:
    good = replace(GOOD, folder=hostile, pages=((hostile, 1),), notices=(hostile,))
    bad = replace(BAD, faults=(Fault(hostile, hostile, hostile, 1, hostile),))
    for line in text_of(TemplatesChecked((good, bad))).splitlines():
        bare = "".join(part for n, part in enumerate(line.split("`")) if n % 2 == 0)
        assert "@octocat" not in bare
        assert "<img" not in bare
        assert "](" not in bare


def test_hundreds_of_each_are_cut_off_within_the_limit() -> None:
    faults = tuple(Fault("x" * 90, "y" * 900, "z" * 900, n, "f" * 200) for n in range(500))
    output = say.template(TemplatesChecked((replace(BAD, faults=faults),) * 5))
    assert len(output.summary) <= CHECK_TEXT

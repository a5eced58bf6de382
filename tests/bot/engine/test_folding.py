"""A case that is folded on from where it was is the one that all its lines make, wherever it was cut."""

from __future__ import annotations

from dataclasses import replace

from bot.app import FLOW
from bot.engine.folding import Folding
from tests.bot.decide.people import BOSS
from tests.bot.decide.scene import Scene


def a_life() -> Scene:
    """Planned, changed, previewed, approved and carried out."""
    scene = Scene()
    scene.opens()
    scene.previews()
    scene.says(BOSS, "/status")
    scene.to_approved()
    scene.executes()
    return scene


def test_folding_on_makes_the_same_case_wherever_it_was_cut() -> None:
    scene = a_life()
    whole = FLOW.fold("case", scene.lines, scene.blobs.get)
    assert len(scene.lines) > 15
    for cut in range(len(scene.lines) + 1):
        folding = Folding(FLOW)
        for lines in (scene.lines[:cut], scene.lines):
            blobs = {digest: scene.blobs.get(digest) for digest in folding.blobs(lines)}
            found = folding.fold("case", lines, blobs.get)
        assert found == whole, f"cut after line {cut}"


def test_lines_that_were_read_anew_are_folded_anew() -> None:
    scene = a_life()
    folding = Folding(FLOW)
    folding.fold("case", scene.lines[:-3], scene.blobs.get)
    again = [replace(line) for line in scene.lines]
    assert folding.blobs(again) == FLOW.blobs(again)
    assert folding.fold("case", again, scene.blobs.get) == FLOW.fold("case", again, scene.blobs.get)

"""Every page on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.programs import program
from tests.web import paper, sites, walk


async def test_paper_shows_the_words_and_no_navigation_and_no_sheet_is_empty(site, visit, kept, tmp_path):
    program("pdftotext")
    program("pdftoppm")
    files = sites.files(site, kept)
    faults: dict[str, list[str]] = {}
    async with visit(files) as (tab, served):
        for path in sites.pages(files):
            await walk.opened(tab, served, path)
            found = await paper.printed(tab, tmp_path)
            faults |= {path: found} if found else {}
    assert faults == {}


def _styled(rule: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda files: files | {"styles.css": files["styles.css"] + f"@media print{{{rule}}}".encode()}


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (
            _styled("header:not(#x),header:not(#x) *,nav:not(#x),nav:not(#x) *{display:block!important}"),
            r"paper shows navigation: <nav",
        ),
        (_styled("h1{display:none!important}"), r"paper lacks the heading"),
        (_styled("main::after{content:'';display:block;height:90cm;break-before:page}"), r"sheet \d+ is empty"),
    ],
)
async def test_a_planted_fault_is_found(plant, sentence, visit, kept, tmp_path):
    program("pdftotext")
    program("pdftoppm")
    files = sites.files(sites.wanted("acme_briefing"), kept)
    async with visit(plant(files)) as (tab, served):
        await walk.opened(tab, served, "index.html")
        found = await paper.printed(tab, tmp_path)
    assert any(re.match(sentence, one) for one in found), found

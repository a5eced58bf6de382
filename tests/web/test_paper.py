"""Every page on paper."""

from __future__ import annotations

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

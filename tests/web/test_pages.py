"""Every page: two validators and axe find nothing, nobody else is asked, it is light, it fits a small screen."""

from __future__ import annotations

from pathlib import Path

from tests.odoo.server.place import Unavailable
from tests.programs import absent
from tests.web import markup, sites, walk


async def test_every_page_is_accessible_by_itself_light_and_fits(site, every_page, visit, kept):
    files = sites.files(site, kept)
    faults: dict[str, list[str]] = {}
    async with visit(files) as (tab, served):
        for path in sites.pages(files) if every_page else ["index.html"]:
            await walk.opened(tab, served, path)
            found = [*await walk.accessible(tab), *await walk.fits(tab), *await walk.fetched(tab, served)]
            faults |= {path: found} if found else {}
    assert faults == {}


def _read(files: dict[str, bytes], folder: Path, *, every_page: bool) -> list[Path]:
    sites.written(files, folder)
    return [folder / path for path in (sites.pages(files) if every_page else ["index.html"])]


def test_the_w3c_validator_finds_nothing(site, every_page, kept, tmp_path):
    files = _read(sites.files(site, kept), tmp_path, every_page=every_page)
    try:
        assert markup.w3c(files) == []
    except Unavailable as why:
        absent(f"vnu: {why}")


def test_html_validate_finds_nothing(site, every_page, kept, tmp_path):
    files = _read(sites.files(site, kept), tmp_path, every_page=every_page)
    try:
        assert markup.html_validate(files) == []
    except Unavailable as why:
        absent(f"html-validate: {why}")

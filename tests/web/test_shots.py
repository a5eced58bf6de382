"""Pictures of every page for the gallery; a page that is blank on them is a fault."""

from __future__ import annotations

from PIL import Image

from tests.web import shots, sites


async def test_every_page_has_its_picture_and_none_is_blank(site, visit, kept):
    files = sites.files(site, kept)
    folder = shots.place(site.name)
    async with visit(files) as (tab, served):
        for path in sites.pages(files):
            for file in await shots.taken(tab, served, path, folder):
                with Image.open(file) as image:
                    width = int(file.stem.removesuffix("-dark").rpartition("-")[2])
                    assert image.width == width, f"{file.name} is {image.width} px wide"
                    colours = image.convert("L").getextrema()
                    assert colours[1] - colours[0] > 100, f"{file.name} is blank"

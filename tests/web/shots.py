"""Pictures of every page as people see it, kept for the gallery: `$MILLWRIGHT_SHOTS`, else `.cache/web/shots`."""

from __future__ import annotations

import os
from pathlib import Path

from tests.web.serving import Served
from tests.web.tab import PHONE, WIDE, Tab
from tests.web.walk import opened

ROOT = Path(__file__).parents[2]


def place(site: str) -> Path:
    """The folder of one site's pictures, made if it is not there."""
    folder = Path(os.environ.get("MILLWRIGHT_SHOTS") or ROOT / ".cache" / "web" / "shots") / site
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def taken(tab: Tab, served: Served, path: str, folder: Path) -> list[Path]:
    """Keep the page at 1280 and 390 pixels by day, the home page by night too; the files."""
    stem = path.removesuffix(".html").replace("/", "-")
    kept: list[Path] = []
    for size in (WIDE, PHONE):
        await opened(tab, served, path, size)
        for dark in (False, True) if path == "index.html" else (False,):
            await tab.screen(size, dark=dark)
            file = folder / f"{stem}-{size[0]}{'-dark' if dark else ''}.png"
            async with tab.laid_flat():
                file.write_bytes(await tab.picture())
            kept.append(file)
    return kept

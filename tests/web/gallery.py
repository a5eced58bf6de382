"""The gallery: the first page of each template by day, by night and on a phone; `python -m tests.web.gallery`.

Small enough to lie in the repository; beside the pictures stands of which state of its template each was taken.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import tempfile
from pathlib import Path

from PIL import Image

from executors.render.shipped import template_digest, template_ids
from tests.bot.operate.tools import tool
from tests.web import sites
from tests.web.browser import chromium
from tests.web.serving import serving
from tests.web.tab import PHONE, WIDE, tab
from tests.web.walk import opened

FOLDER = Path(__file__).parents[2] / ".github" / "gallery"
TAKEN = FOLDER / "taken.json"
MOST_BYTES = 60_000
VIEWS = {"day": (WIDE, False, (1280, 960), 800), "night": (WIDE, True, (1280, 960), 800),
         "phone": (PHONE, False, (390, 844), 390)}  # fmt: skip
"""Of each view: the screen, whether it is dark, the part of the page from its top, the width of the picture."""


def small(png: bytes, part: tuple[int, int], width: int) -> bytes:
    """The top of a page as WebP of at most `MOST_BYTES`, as good as fits."""
    with Image.open(io.BytesIO(png)) as whole:
        top = whole.convert("RGB").crop((0, 0, part[0], min(part[1], whole.height)))
    scaled = top.resize((width, top.height * width // top.width), Image.Resampling.LANCZOS)
    for quality in (82, 74, 66, 58, 50, 40, 30):
        written = io.BytesIO()
        scaled.save(written, "WEBP", quality=quality, method=6)
        if written.tell() <= MOST_BYTES:
            return written.getvalue()
    raise ValueError("the picture cannot be made small enough")


async def take(devtools: str, kept: Path) -> None:
    """All pictures, and the state of the templates that they show."""
    for site in sites.one_each():
        async with serving(sites.files(site, kept)) as served, tab(devtools) as page:
            for view, (screen, dark, part, width) in VIEWS.items():
                await opened(page, served, "index.html", screen)
                await page.screen(screen, dark=dark)
                picture = small(await page.picture(), part, width)
                (FOLDER / f"{site.template}-{view}.webp").write_bytes(picture)
    state = {name: template_digest(name) for name in sorted(template_ids())}
    TAKEN.write_text(json.dumps(state, indent=2) + "\n", "utf-8")


def main() -> int:
    """0 when all pictures are taken."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, chromium(tool("chromium"), Path(made)) as devtools:
        asyncio.run(take(devtools, Path(made)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

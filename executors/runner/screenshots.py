"""Photographs what a leg built; where that cannot be, the evidence says why and nothing fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from executors.errors import WorldError
from executors.protocol.canonical import canonical
from executors.world import browser, files, words
from executors.world.clock import Clock
from executors.world.console import Console
from executors.world.folder import Folder
from executors.world.photographs import LARGEST, MOST, SECONDS, WIDTHS, Album, Picture, photograph

ALBUM = "screenshots.json"
FOLDER = "screenshots"


def photographed(
    folder: Folder,
    steps: Iterable[str],
    environ: Mapping[str, str],
    console: Console,
    clock: Clock,
    seconds: float = SECONDS,
) -> None:
    """Put pictures of every step that built a site into the bundle, with an album that says what there is.

    The album is `steps/<step>/screenshots.json`. It is written without pictures too, with the reason. Never raises
    for a browser that is missing, dies or hangs: pictures show what was done and are no part of doing it.
    """
    for step in steps:
        built = folder.root / "build" / step
        site = files.listing(built)
        if "index.html" not in site:
            continue
        try:
            program = browser.program(environ)
            data = {path: files.read(built, path) for path in site}
            album = photograph(program, data, clock, seconds)
        except WorldError as error:
            album = Album("", (), tuple(path for path in site if path.endswith(".html")), str(error))
        _keep(folder, step, album)
        key = "pictures" if album.pictures else "no_pictures"
        console.say(words.line(key, step=step, number=len(album.pictures), why=album.why))


def _keep(folder: Folder, step: str, album: Album) -> None:
    shown = []
    for picture in album.pictures:
        name = f"{FOLDER}/{_name(picture)}"
        folder.put(f"steps/{step}/{name}", picture.data)
        shown.append({"page": picture.page, "width": picture.width, "path": name, "cut": picture.cut})
    told = {
        "browser": album.browser,
        "pictures": shown,
        "without": list(album.left_out),
        "why": album.why or (f"at most {MOST // len(WIDTHS)} pages are shown" if album.left_out else ""),
        "bounds": {"pictures": MOST, "bytes": LARGEST},
    }
    folder.put(f"steps/{step}/{ALBUM}", canonical(told))


def _name(picture: Picture) -> str:
    """Return a name of its own for each picture, by page and width."""
    return f"{picture.page.removesuffix('.html')}-{picture.width}.webp"

"""Pictures of a site by a real browser; and browsers that are missing, die or hang."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from executors.protocol.canonical import parse
from executors.runner.screenshots import photographed
from executors.world import browser, family
from executors.world.clock import Clock
from executors.world.console import Console
from executors.world.folder import Folder
from executors.world.photographs import LARGEST, MOST, pages_of, photograph
from executors.world.secrets import Secrets
from tests.programs import program

CSS = b"body{margin:0;background:#1a7f37;height:2500px} @media (max-width:600px){body{background:#8250df}}"
HEAD = b'<!doctype html><meta name="viewport" content="width=device-width"><title>x</title>'
HOME = HEAD + b'<link rel="stylesheet" href="style.css"><script src="a.js"></script>'
SITE = {
    "index.html": HOME,
    "team/index.html": HOME.replace(b"style.css", b"../style.css"),
    "style.css": CSS,
    "a.js": b"document.write('<style>body{background:#000!important}</style>')",
}
GREEN, VIOLET = (26, 127, 55), (130, 80, 223)


@pytest.fixture
def no_one_left() -> Iterator[None]:
    """After the test, this process has no child that it did not have before."""
    before = family.children()
    yield
    assert family.children() <= before


def colour(data: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB").getpixel((picture.width // 2, picture.height - 40))  # type: ignore[return-value]


@pytest.mark.usefixtures("no_one_left")
def test_each_page_is_shown_whole_at_two_widths_and_no_script_runs() -> None:
    album = photograph(program("chromium"), SITE, Clock())
    assert [(one.page, one.width, one.cut) for one in album.pictures] == [
        ("index.html", 1280, False),
        ("index.html", 390, False),
        ("team/index.html", 1280, False),
        ("team/index.html", 390, False),
    ]
    for one in album.pictures:
        with Image.open(io.BytesIO(one.data)) as picture:
            assert (picture.format, picture.width, picture.height) == ("WEBP", one.width, 2500)
        seen = colour(one.data)
        wanted = GREEN if one.width == 1280 else VIOLET
        assert all(abs(a - b) < 6 for a, b in zip(seen, wanted, strict=True)), (one.page, one.width, seen)
    assert "Chrom" in album.browser


@pytest.mark.usefixtures("no_one_left")
def test_a_page_of_noise_is_cut_until_its_picture_is_small_enough() -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (640, 900), os.urandom(640 * 900 * 3)).save(noise, "PNG")
    page = b'<!doctype html><body style="margin:0"><img src="noise.png" style="width:100%;display:block">'
    album = photograph(program("chromium"), {"index.html": page, "noise.png": noise.getvalue()}, Clock())
    assert [one.cut for one in album.pictures][:1] == [True]
    assert all(len(one.data) <= LARGEST for one in album.pictures)


@pytest.mark.usefixtures("no_one_left")
def test_pages_beyond_an_album_are_named() -> None:
    more = {f"p{number:02}.html": b"<!doctype html><p>x" for number in range(21)}
    album = photograph(program("chromium"), {"index.html": HOME, **more}, Clock())
    assert len(album.pictures) == MOST
    assert album.left_out == ("p19.html", "p20.html")


def test_the_home_page_comes_first_and_the_one_for_errors_last() -> None:
    paths = ["404.html", "a/b.html", "about.html", "style.css", "index.html", "a/index.html"]
    assert pages_of(paths) == ["index.html", "about.html", "a/b.html", "a/index.html", "404.html"]


def script(folder: Path, text: str) -> Path:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def kept(tmp_path: Path, environ: dict[str, str], seconds: float = 20.0) -> tuple[dict[str, object], str]:
    """The album of a built site, and what the job printed."""
    folder, said = Folder(tmp_path / "millwright"), io.StringIO()
    folder.make()
    for path, data in SITE.items():
        (folder.root / "build/site" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder.root / "build/site" / path).write_bytes(data)
    (folder.root / "build/other").mkdir()
    console = Console(said, Secrets((), {}))
    photographed(folder, ("site", "other"), environ, console, Clock(), seconds)
    assert not (folder.bundle / "steps/other").exists()
    return parse((folder.bundle / "steps/site/screenshots.json").read_bytes()), said.getvalue()


def test_the_bundle_holds_the_pictures_that_the_album_names(tmp_path: Path) -> None:
    album, said = kept(tmp_path, {"MILLWRIGHT_BROWSER": str(program("chromium"))}, 90.0)
    paths = [one["path"] for one in album["pictures"]]  # type: ignore[attr-defined]
    assert paths[0] == "screenshots/index-1280.webp"
    assert paths[3] == "screenshots/team/index-390.webp"
    for path in paths:
        assert (tmp_path / "millwright/bundle/steps/site" / path).read_bytes().startswith(b"RIFF")
    assert (album["without"], album["why"]) == ([], "")
    assert "4 pictures" in said


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"PATH": "/nonexistent"}, "no browser on the runner: none of google-chrome, chromium"),
        ({"MILLWRIGHT_BROWSER": "none"}, "switched off by MILLWRIGHT_BROWSER"),
        ({"MILLWRIGHT_BROWSER": "chromium"}, "MILLWRIGHT_BROWSER is no program: chromium; give the absolute path"),
    ],
)
def test_without_a_browser_the_evidence_says_why(tmp_path: Path, environ: dict[str, str], why: str) -> None:
    album, said = kept(tmp_path, environ)
    assert str(album["why"]).startswith(why)
    assert (album["pictures"], album["without"]) == ([], ["index.html", "team/index.html"])
    assert f"no screenshots: {why}" in said


@pytest.mark.usefixtures("no_one_left")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("exit 1", "the browser ended by itself"),
        ("sleep 600 & setsid sleep 600 & exec sleep 600", "the browser took too long and was ended"),
    ],
)
def test_a_browser_that_dies_or_hangs_is_ended_with_all_its_children(tmp_path: Path, text: str, why: str) -> None:
    begun = time.monotonic()
    album, _ = kept(tmp_path, {"MILLWRIGHT_BROWSER": str(script(tmp_path, text))}, 1.0)
    assert str(album["why"]).startswith(why)
    assert time.monotonic() - begun < 60


def test_the_browser_sees_no_secret_of_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_KEY", "the-deploy-key")
    seen = tmp_path / "seen"
    kept(tmp_path, {"MILLWRIGHT_BROWSER": str(script(tmp_path, f'env > "{seen}"'))})
    assert "HOME=" in seen.read_text()
    assert "the-deploy-key" not in seen.read_text()


def test_the_usual_names_are_looked_for_in_order(tmp_path: Path) -> None:
    for name in ("chromium", "google-chrome"):
        script(tmp_path, "true").rename(tmp_path / name)
        assert browser.program({"PATH": str(tmp_path)}).name == name

"""Pictures come from the product repository by digest, are what they claim to be, and get a name by content."""

import hashlib
import struct
from typing import Any

import pytest

from executors.kinds.website.check import check_site
from executors.parts.raster import LARGEST, NotAPicture, Picture, inspect
from tests.executors.website.folder import Folder, given, png, settle
from tests.executors.website.strict import read

JPEG = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xc0\x00\x0b\x08\x00\x05\x00\x07\x03\x01\x11\x00"
GIF = b"GIF89a" + struct.pack("<HH", 4, 6) + b"\0\0\0"
WEBP = b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + (9).to_bytes(3, "little") + (4).to_bytes(3, "little")
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + (((5 - 1) << 14) | (10 - 1)).to_bytes(4, "little")
LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 7 + b"\x9d\x01\x2a" + struct.pack("<HH", 10, 5)
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1"


@pytest.mark.parametrize(
    ("data", "picture"),
    [
        (png(3, 2), Picture("png", 3, 2)), (JPEG, Picture("jpg", 7, 5)), (GIF, Picture("gif", 4, 6)),
        (WEBP, Picture("webp", 10, 5)), (LOSSLESS, Picture("webp", 10, 5)), (LOSSY, Picture("webp", 10, 5)),
        (AVIF, Picture("avif")),
    ],
)  # fmt: skip
def test_a_picture_is_known_by_its_bytes(data: bytes, picture: Picture) -> None:
    assert inspect(data, "x.bin") == picture


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<?xml version='1.0'?><svg/>",
        b"<html><script>1</script>", b"\x89PNG\r\n\x1a\n", b"GIF89", b"RIFF", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0",
        png() + b"\0" * LARGEST, b"BM" + b"\0" * 60, b"%PDF-1.7",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture, match=r"x\.png"):
        inspect(data, "x.png")


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    huge = bytearray(png())
    huge[16:24] = struct.pack(">II", 100_000, 100_000)
    with pytest.raises(NotAPicture, match="pixels"):
        inspect(bytes(huge), "x.png")


def _image(path: str, data: bytes, alt: str) -> dict[str, str]:
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "alt": alt}


def _with_pictures() -> tuple[Any, Folder]:
    logo, photo = png(40, 10), JPEG
    folder = Folder({"brand/Logo.png": logo, "team/miriam.png": photo})
    team = [{"name": "Miriam Falk", "role": "CEO", "photo": _image("team/miriam.png", photo, "Miriam at work")}]
    return given(logo=_image("brand/Logo.png", logo, "Acme"), content={"team": team}), folder


def test_pictures_are_stored_under_a_name_of_their_content_and_shown_with_their_text() -> None:
    inputs, folder = _with_pictures()
    settle(inputs, folder)
    assets = sorted(path for path in folder.held if path.startswith("assets/"))
    assert [path.rsplit("-", 1)[0] for path in assets] == ["assets/logo", "assets/miriam"]
    assert assets[1].endswith(".jpg"), "the ending follows the bytes, not the name"
    assert check_site(folder.held) == []
    team = read(folder.held["team.html"])
    assert {("img", "alt", "Acme"), ("img", "alt", "Miriam at work"), ("img", "width", "7")} <= set(
        team.attributes
    )
    assert settle(inputs, folder) == []


def test_a_briefing_whose_picture_is_none_stops_before_anything_is_written() -> None:
    bad = b"<svg onload=alert(1)>"
    folder = Folder({"logo.png": bad})
    with pytest.raises(NotAPicture, match="export it"):
        settle(given(logo=_image("logo.png", bad, "x")), folder)
    assert folder.held == {}

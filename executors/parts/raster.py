"""What an uploaded picture really is, told by its first bytes and never by its name."""

import struct
from dataclasses import dataclass

LARGEST = 2 * 1024 * 1024
_MOST_PIXELS = 40_000_000


class NotAPicture(ValueError):
    """The bytes are none of the accepted raster formats; the message says what to upload."""


@dataclass(frozen=True)
class Picture:
    """A raster picture: the file ending it deserves, and its pixels where the header tells them (else 0)."""

    extension: str
    width: int = 0
    height: int = 0


def inspect(data: bytes, path: str) -> Picture:
    """Return what the bytes are: png, jpg, webp, avif or gif.

    Raises NotAPicture for anything else (SVG can carry scripts), for more than 2 MB and more than 40 megapixels.
    """
    if len(data) > LARGEST:
        raise NotAPicture(f"{path} has {len(data)} bytes; a picture may have {LARGEST}")
    picture = _picture(data)
    if picture is None:
        raise NotAPicture(f"{path} is no PNG, JPEG, WebP, AVIF or GIF; export it as one of these")
    if picture.width * picture.height > _MOST_PIXELS:
        raise NotAPicture(f"{path} has {picture.width} × {picture.height} pixels; make it smaller")
    return picture


def _picture(data: bytes) -> Picture | None:
    """Return the picture that the magic bytes announce, None for others and for cut headers."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return Picture("png", *struct.unpack(">II", data[16:24]))
        if data[:6] in {b"GIF87a", b"GIF89a"}:
            return Picture("gif", *struct.unpack("<HH", data[6:10]))
        if data.startswith(b"\xff\xd8\xff"):
            return Picture("jpg", *_jpeg_size(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Picture("webp", *_webp_size(data))
    except struct.error:
        return None
    if data[4:8] == b"ftyp" and (data[8:12] in {b"avif", b"avis"} or b"avif" in data[16:48]):
        return Picture("avif")
    return None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the first frame header; (0, 0) where there is none."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return 0, 0


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height of the three WebP flavours; (0, 0) for an unknown one."""
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case _:
            return 0, 0

"""What is drawn of a picture: its pixels upright, in sRGB, without metadata, the same every time."""

import hashlib
import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from executors.render.pictures import LARGEST, NotAPicture, Picture, Use, draw, made
from executors.render.pixels import drawn
from executors.render.prose import img
from tests.executors.website.folder import png

USE = Use((48, 96), card=True)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
EXACT = Use((96,), lossless=True, card=True)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def noise(width: int = 60, height: int = 40) -> Image.Image:
    return Image.effect_noise((width, height), 60).convert("RGB")


def opened(picture: Picture, number: int = -1) -> Image.Image:
    image = Image.open(BytesIO(picture.sizes[number].data))
    assert image.format == "WEBP"
    return image


KINDS: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved(noise(), "PNG"),
    "jpeg": lambda: saved(noise(), "JPEG"),
    "webp": lambda: saved(noise(), "WEBP"),
    "avif": lambda: saved(noise(), "AVIF"),
    "gif": lambda: saved(noise().convert("P"), "GIF"),
    "grey": lambda: saved(noise().convert("L"), "PNG"),
    "16 bit": lambda: saved(Image.new("I;16", (60, 40), 30_000), "PNG"),
    "cmyk": lambda: saved(noise().convert("CMYK"), "JPEG"),
    "palette with alpha": lambda: saved(noise().convert("P"), "PNG", transparency=0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_becomes_webp_in_rising_widths(kind: str) -> None:
    picture = drawn(KINDS[kind](), "x", USE)
    assert [(size.width, size.height) for size in picture.sizes] == [(48, 32), (60, 40)]
    assert opened(picture).size == (60, 40)


def test_a_large_photo_has_all_its_widths_and_no_more() -> None:
    picture = drawn(saved(noise(300, 200), "JPEG"), "x", USE)
    assert [size.width for size in picture.sizes] == [48, 96]


def test_the_camera_s_turn_is_applied_and_where_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 7.0)
    upright = Image.new("RGB", (60, 40), "red")
    upright.paste((0, 0, 255), (0, 0, 60, 20))
    data = saved(upright, "JPEG", exif=exif, comment=b"at home", xmp=b"<x:xmpmeta/>", icc_profile=SRGB, quality=95)
    assert all(word in data for word in (b"Exif", b"at home", b"xmpmeta", b"ICC_PROFILE"))
    picture = drawn(data, "x", EXACT)
    image = opened(picture)
    assert image.size == (40, 60)
    red, _, blue = image.convert("RGB").getpixel((35, 30))
    assert blue > 200 > 60 > red, "what was above is now at the right"
    assert picture.card is not None
    for file in (picture.sizes[0].data, picture.card.data):
        assert not [word for word in (b"Exif", b"EXIF", b"at home", b"ICC", b"XMP ", b"xmpmeta") if word in file]
        assert dict(Image.open(BytesIO(file)).getexif()) == {}


def test_colours_of_another_space_become_srgb() -> None:
    given = Image.new("RGB", (40, 40), (200, 30, 30))
    swapped = _profile_with_red_and_green_swapped()
    image = opened(drawn(saved(given, "PNG", icc_profile=swapped), "x", EXACT))
    red, green, _ = image.convert("RGB").getpixel((5, 5))
    assert (red < 80, green > 150) == (True, True)
    unfit = opened(drawn(saved(given, "PNG", icc_profile=b"no profile at all"), "x", EXACT))
    assert unfit.convert("RGB").getpixel((5, 5)) == (200, 30, 30)


def _profile_with_red_and_green_swapped() -> bytes:
    """sRGB with the primaries of red and green exchanged: a space in which the same numbers are other colours."""
    data = bytearray(SRGB)
    data[data.index(b"rXYZ") : data.index(b"rXYZ") + 4] = b"tmp_"
    data[data.index(b"gXYZ") : data.index(b"gXYZ") + 4] = b"rXYZ"
    data[data.index(b"tmp_") : data.index(b"tmp_") + 4] = b"gXYZ"
    return bytes(data)


def test_what_is_transparent_stays_so_and_is_white_on_the_card() -> None:
    clear = Image.new("RGBA", (60, 40), (255, 0, 0, 0))
    picture = drawn(saved(clear, "PNG"), "x", EXACT)
    assert opened(picture).convert("RGBA").getpixel((5, 5))[3] == 0
    assert picture.card is not None
    card = Image.open(BytesIO(picture.card.data))
    assert (card.format, card.size) == ("JPEG", (1200, 630))
    assert card.getpixel((600, 315)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "card"),
    [
        ((3000, 2000), (1200, 800)),
        ((1000, 900), (1000, 900)),
        ((900, 900), (1200, 630)),
        ((40, 2000), (1200, 630)),
    ],
)
def test_a_card_is_at_least_960_wide_and_nothing_is_blown_up(size: tuple[int, int], card: tuple[int, int]) -> None:
    picture = drawn(saved(Image.new("RGB", size, "green"), "PNG"), "x", USE)
    assert picture.card is not None
    assert (picture.card.width, picture.card.height) == card


def test_a_small_picture_stands_in_the_middle_of_its_card_as_large_as_it_is() -> None:
    picture = drawn(saved(Image.new("RGB", (40, 30), "black"), "PNG"), "x", EXACT)
    assert picture.card is not None
    card = Image.open(BytesIO(picture.card.data)).convert("L")
    box = card.point(lambda value: 255 * (value < 128)).getbbox()
    assert box == (580, 300, 620, 330)


def test_a_camera_s_second_shot_in_the_same_file_is_no_animation() -> None:
    both = saved(noise(), "MPO", save_all=True, append_images=[noise()])
    assert not drawn(both, "x", USE).animated
    assert drawn(saved(noise(), "GIF", save_all=True, append_images=[noise()]), "x", USE).animated


def test_the_same_bytes_give_the_same_bytes_and_are_drawn_once() -> None:
    data = saved(noise(), "JPEG")
    assert drawn(data, "x", USE) == drawn(data, "y", USE)
    first = draw(data, "x", USE)
    assert draw(data, "x", USE) is first is made(hashlib.sha256(data).hexdigest(), USE)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<?xml version='1.0'?><svg/>",
        b"just words", b"\x89PNG\r\n\x1a\n", b"GIF89", b"RIFF", b"BM" + b"\0" * 60, b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n", saved(noise(), "TIFF"), saved(noise(), "BMP"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_whatever_its_name_says(data: bytes) -> None:
    with pytest.raises(NotAPicture, match=r"^x\.jpg is "):
        draw(data, "x.jpg", USE)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "avif", "gif"])
def test_a_picture_that_ends_too_early_is_refused(kind: str) -> None:
    data = KINDS[kind]()
    with pytest.raises(NotAPicture, match=r"x\.jpg .*(damaged|export)"):
        draw(data[: len(data) * 2 // 3], "x.jpg", USE)


def test_fifty_megabytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(NotAPicture, match=r"x\.jpg has 50\.0 MB; a picture may have 50 MB"):
        draw(bytes(LARGEST + 1), "x.jpg", USE)


@pytest.mark.parametrize("side", [(10_000, 5_001), (100_000, 100_000), (16_384, 10)])
def test_too_many_pixels_are_refused_by_the_header_alone(side: tuple[int, int]) -> None:
    huge = bytearray(png())
    huge[16:24] = struct.pack(">II", *side)
    huge[29:33] = struct.pack(">I", zlib.crc32(huge[12:29]))
    with pytest.raises(NotAPicture, match="pixels"):
        draw(bytes(huge), "x.png", USE)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_bytes_are_drawn_or_refused_and_nothing_else(kind: str) -> None:
    whole, dice = KINDS[kind](), random.Random(kind)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            drawn(bytes(data[: dice.randrange(1, 3 * len(data))]), "x", Use((32,)))
        except NotAPicture:
            refused += 1
    assert refused > 0


def test_a_page_below_the_root_finds_every_size() -> None:
    image = {"src": "b", "width": 9, "height": 6, "alt": 'a "b"', "sizes": [{"src": "a", "width": 4}]}
    assert img(image, "../") == 'src="../b" width="9" height="6" alt="a &#34;b&#34;"'
    image["sizes"] = [{"src": "a", "width": 4}, {"src": "b", "width": 9}]
    assert 'srcset="../a 4w, ../b 9w"' in img(image, "../")

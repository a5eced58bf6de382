"""Pillow's one door: bytes in, the same pixels upright, in sRGB and in other sizes out, as WebP and JPEG."""

import warnings
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError, __version__, features

from executors.render.pictures import LONGEST_SIDE, MOST_PIXELS, NotAPicture, Picture, Sized, Use

_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
_LIBRARIES = ("webp", "libjpeg_turbo", "jpg", "avif", "littlecms2", "zlib")
_CARD = (1200, 630)
_NARROWEST_CARD = 960
_QUALITY = 80
# What Pillow raises for bytes that only begin like a picture.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, RuntimeError)


def versions() -> str:
    """Return Pillow's version and those of the libraries it decodes and encodes with."""
    return " ".join([f"pillow {__version__}", *(f"{name} {features.version(name)}" for name in _LIBRARIES)])


def drawn(data: bytes, path: str, use: Use) -> Picture:
    """Return every size of the picture; raises NotAPicture."""
    image = _opened(data, path)
    widest = max(*use.widths, _CARD[0] if use.card else 0)
    try:
        # A camera's MPO holds the same shot again, for a 3D screen or as a thumbnail.
        animated = image.format != "MPO" and bool(getattr(image, "is_animated", False))
        whole = _in_srgb(_upright(image, widest), widest)
    except _BROKEN as error:
        raise NotAPicture(f"{path} is damaged or ends too early ({error}); upload it again") from error
    sizes = [_narrowed(whole, width) for width in _widths(whole.width, use.widths)]
    files = tuple(Sized(*size.size, _webp(size, lossless=use.lossless)) for size in sizes)
    return Picture(files, _card(whole) if use.card else None, animated)


def _opened(data: bytes, path: str) -> ImageFile.ImageFile:
    """Read the header, no more; raises NotAPicture for another format and for too many pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # ours is the lower limit
            image = Image.open(BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        raise NotAPicture(
            f"{path} is no PNG, JPEG, WebP, AVIF or GIF, whatever its name says; export it as one of these"
        ) from None
    except Image.DecompressionBombError:
        raise NotAPicture(f"{path} has more than {MOST_PIXELS:,} pixels; make it smaller") from None
    except _BROKEN as error:
        raise NotAPicture(f"{path} is damaged ({error}); upload it again") from error
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise NotAPicture(
            f"{path} has {width:,} × {height:,} pixels; {MOST_PIXELS:,} in all and {LONGEST_SIDE:,} on one side "
            "are allowed; make it smaller"
        )
    return image


def _upright(image: ImageFile.ImageFile, widest: int) -> Image.Image:
    """Decode the first frame as the camera was held; a JPEG is decoded no larger than needed."""
    image.draft(image.mode, (widest, widest))
    image.load()
    return ImageOps.exif_transpose(image)


def _in_srgb(image: Image.Image, widest: int) -> Image.Image:
    """Return the picture as RGB or RGBA in sRGB, at most `widest` wide."""
    profile = image.info.get("icc_profile")
    image = _plain(image)
    image = _narrowed(image, min(widest, image.width))
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colour = image.convert("RGB") if alpha else image
    if profile:
        # A profile that does not fit its picture is left out, as browsers do.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(colour, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            colour = converted or colour
    colour = colour.convert("RGB")
    if alpha:
        colour.putalpha(alpha)
    return colour


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, RGBA, CMYK or grey; palettes and 16 bits are resolved."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("F").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "L", "CMYK"} else image.convert("RGB")


def _widths(width: int, wanted: tuple[int, ...]) -> list[int]:
    """Return the widths to make: those wanted, and the picture's own for all that are wider."""
    return sorted({min(one, width) for one in wanted})


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    """Return the picture that wide, in its proportions."""
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(image: Image.Image, *, lossless: bool) -> bytes:
    """The picture as WebP without anything but pixels."""
    return _saved(image, "WEBP", quality=_QUALITY, method=4, lossless=lossless)


def _card(image: Image.Image) -> Sized:
    """The picture on white as JPEG, 960 to 1,200 wide; what is narrower stands in the middle of a sheet."""
    opaque = Image.new("RGB", image.size, "white")
    opaque.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    if image.width >= _NARROWEST_CARD:
        card = _narrowed(opaque, min(image.width, _CARD[0]))
    else:
        card = Image.new("RGB", _CARD, "white")
        fitted = _narrowed(opaque, max(1, min(image.width, image.width * _CARD[1] // image.height)))
        card.paste(fitted, ((_CARD[0] - fitted.width) // 2, (_CARD[1] - fitted.height) // 2))
    return Sized(*card.size, _saved(card, "JPEG", quality=_QUALITY, optimize=True))


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The file; Pillow writes metadata into these two kinds only where it is told to."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()

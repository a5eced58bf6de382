"""The pictures of a site: which there are, what each is for, and how templates and files know them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from executors.kinds.website.inputs import Website
from executors.protocol.content import Image, images
from executors.render.pictures import Picture, Sized, Use, draw, made

_LOGO = Use((240, 480), lossless=True, card=True)
_PORTRAIT = Use((160, 320, 640))
_PHOTO = Use((480, 960, 1600))
_COVER = Use((480, 960, 1600), card=True)


class Shelf(Protocol):
    """Where pictures are read from; an executor's Reader is one."""

    def content(self, path: str, sha256: str) -> bytes:
        """The bytes of the picture, checked against their digest."""


Drawn = Mapping[Image, Picture]
"""Every picture of a site in its sizes."""


def uses(inputs: Website) -> dict[Image, Use]:
    """Return every picture that the site shows with what it is for, the logo first.

    What stands for a whole page has a card; a picture that is used twice is made for the larger use.
    """
    given = inputs.content
    found = dict.fromkeys(images(given), _PHOTO)
    alone = {member.photo: _PORTRAIT for member in given.team if member.photo}
    elsewhere = set(images(given.model_copy(update={"team": []})))
    found |= {image: use for image, use in alone.items() if image not in elsewhere}
    found |= dict.fromkeys(_covers(inputs), _COVER)
    return {**({inputs.logo: _LOGO} if inputs.logo else {}), **found}


def _covers(inputs: Website) -> Iterator[Image]:
    """Yield what pages open with: the home page's, those of articles and case studies, a product's first."""
    given = inputs.content
    firsts = (product.images[0] for product in given.products if product.images)
    for image in (
        given.hero_image,
        given.about and given.about.image,
        *(post.image for post in given.blog),
        *(study.image for study in given.case_studies),
        *firsts,
    ):
        if image:
            yield image


def drawn(inputs: Website, shelf: Shelf) -> Drawn:
    """Return the site's pictures; one is read, made and let go before the next.

    Raises NotAPicture, and WorldError where one cannot be read.
    """
    return {
        image: made(image.sha256, use) or draw(shelf.content(image.path, image.sha256), image.path, use)
        for image, use in uses(inputs).items()
    }


def stills(pictures: Drawn) -> list[str]:
    """Return the paths of pictures that move where they come from; the site shows their first frame."""
    return sorted({image.path for image, picture in pictures.items() if picture.animated})


def shown(image: Image, picture: Picture) -> dict[str, Any]:
    """Return what templates know of a picture: `src`, `alt`, `width`, `height`, `sizes` and `card` (or None).

    Addresses are relative to the site's root; the filter `img` puts a page's way to the root before them.
    """
    sizes = [{"src": _address(image, size, "webp"), "width": size.width} for size in picture.sizes]
    middle = picture.sizes[min(1, len(sizes) - 1)]
    largest = picture.sizes[-1]
    card = picture.card and {
        "src": _address(image, picture.card, "jpg"),
        "width": picture.card.width,
        "height": picture.card.height,
    }
    source = _address(image, middle, "webp")
    return {
        "src": source,
        "alt": image.alt,
        "width": largest.width,
        "height": largest.height,
        "sizes": sizes,
        "card": card,
    }


def files(pictures: Drawn) -> dict[str, bytes]:
    """Return path → bytes of every file that the pictures are made of."""
    found = {_address(image, size, "webp"): size.data for image, one in pictures.items() for size in one.sizes}
    cards = {_address(image, one.card, "jpg"): one.card.data for image, one in pictures.items() if one.card}
    return found | cards


def _address(image: Image, size: Sized, extension: str) -> str:
    """A file's path: the original's name, its width, and a digest, so that caches may keep it for good."""
    stem = re.sub(r"[^a-z0-9]+", "-", image.path.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()).strip("-")[:40]
    return f"assets/{stem or 'image'}-{size.width}-{hashlib.sha256(size.data).hexdigest()[:12]}.{extension}"

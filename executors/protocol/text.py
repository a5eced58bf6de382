"""The kinds of text a briefing may hold: NFC, stripped, bounded, without characters that nobody can see."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# Controls, direction overrides and isolates, zero-width characters that hide text, line separators, BOM.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]")


def _words(text: str) -> str:
    """Return the text in NFC, stripped, with Unix line ends; raise ValueError at hidden characters."""
    clean = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if not clean:
        raise ValueError("is empty")
    if found := _FORBIDDEN.search(clean):
        raise ValueError(f"holds the invisible character U+{ord(found[0]):04X}; remove it")
    return clean


def _one_line(text: str) -> str:
    """Return the text as `_words` does, and raise ValueError when it has more than one line."""
    clean = _words(text)
    if "\n" in clean:
        raise ValueError("must be one line")
    return clean


Figure = Annotated[str, StringConstraints(max_length=24), AfterValidator(_one_line)]
Name = Annotated[str, StringConstraints(max_length=120), AfterValidator(_one_line)]
Line = Annotated[str, StringConstraints(max_length=240), AfterValidator(_one_line)]
Summary = Annotated[str, StringConstraints(max_length=600), AfterValidator(_words)]
Text = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_words)]
LongText = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_words)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Email = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$",
        max_length=254,
    ),
]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9 ()/-]{5,30}[0-9]$", max_length=33)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$", to_lower=True)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
VatId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9A-Z]{2,12}$")]
# ASCII folders and a raster file; a segment never begins with a dot, so `..` and `.git` are impossible.
ImagePath = Annotated[
    str,
    StringConstraints(
        pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.(png|jpe?g|webp|avif|gif)$",
        max_length=240,
    ),
]

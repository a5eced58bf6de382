"""Plain text of people as HTML, and pictures in their sizes: every character of it escaped."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup


def paragraphs(text: object) -> Markup:
    """Return the text as `<p>` elements; a blank line begins a new one, a line end inside becomes a space."""
    blocks = (" ".join(block.split()) for block in str(text).split("\n\n"))
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in blocks if block)


def prose(text: object) -> Markup:
    """Return an article's body: as `paragraphs`, with `## ` lines as `<h2>` and `- ` lines as a list."""
    return Markup("\n").join(_elements(str(text)))


def _elements(text: str) -> Iterator[Markup]:
    """Yield one element per run of lines of the same kind."""
    for kind, group in groupby(text.split("\n"), _kind):
        lines = [" ".join(line.split()) for line in group]
        if kind == "heading":
            yield from (Markup("<h2>{}</h2>").format(line[3:]) for line in lines)
        elif kind == "item":
            yield Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(li[2:]) for li in lines))
        elif kind == "text":
            yield Markup("<p>{}</p>").format(" ".join(lines))


def _kind(line: str) -> str:
    """What one line of an article is."""
    bare = line.strip()
    if bare.startswith("## ") and bare[3:].strip():
        return "heading"
    if bare.startswith("- ") and bare[2:].strip():
        return "item"
    return "text" if bare else "blank"


def img(image: Mapping[str, Any], root: object) -> Markup:
    """Return an `<img>`'s `src`, `srcset`, `width`, `height` and `alt` for a page whose way to the root is `root`.

    The browser picks one of the widths by the attribute `sizes`, which is for the template to write:
    https://html.spec.whatwg.org/multipage/images.html#sizes-attributes
    """
    each = [Markup("{}{} {}w").format(root, size["src"], size["width"]) for size in image["sizes"]]
    several = Markup(' srcset="{}"').format(Markup(", ").join(each)) if len(each) > 1 else Markup()
    return Markup('src="{}{}"{} width="{}" height="{}" alt="{}"').format(
        root, image["src"], several, image["width"], image["height"], image["alt"]
    )


FILTERS: dict[str, Callable[..., Any]] = {"paragraphs": paragraphs, "prose": prose, "img": img}

"""One text in several sections: a line `{# partial <path> #}` becomes the text of that file in the whole.

It is no Jinja `include`: what fills a template has no loader and reaches no file. The whole holds the text itself,
and so do its digest and the versions that are kept of it. A partial holds no partials.
"""

import re
from collections.abc import Mapping

_LINE = re.compile(r"^\{# partial ([a-z0-9_]+(?:/[a-z0-9_.]+)*\.html) #\}\n", re.MULTILINE)
_MENTION = re.compile(r"\{#-?\s*partial\b")


class NoPartial(ValueError):
    """A partial is not there, stands in another one, or its line is not written as it must be."""


def named(text: str) -> list[str]:
    """Return the paths of the partials that a source names, in order."""
    return _LINE.findall(text)


def expanded(path: str, text: str, sources: Mapping[str, bytes]) -> str:
    """Return the source at `path` with each partial's text in place of its line; `sources` holds all parts' files.

    Raises NoPartial, which names both.
    """

    def text_of(found: re.Match[str]) -> str:
        if found[1] not in sources:
            raise NoPartial(f"{path}: the partial {found[1]} is named and not there")
        inner = sources[found[1]].decode()
        if _MENTION.search(inner):
            raise NoPartial(f"{found[1]}: a partial holds no partials; write it out in {path}")
        return inner

    whole = _LINE.sub(text_of, text)
    if _MENTION.search(whole):
        raise NoPartial(
            f"{path}: write a partial on a line of its own, as `{{# partial base/partials/tiles.html #}}`"
        )
    return whole

"""Untrusted text as Markdown that cannot mention, link, close an issue, draw a table or break out (T22).

GitHub finds mentions and references in the rendered text, so escaping `@` does not help; code spans and code
blocks are left alone (https://github.github.com/gfm/#code-spans). So untrusted text always stands in code.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

SHORT = 300
"""Characters of an inline text that are shown."""
BLOCK = 8_000
"""Characters of a code block that are shown."""
LONGEST_RUN = 10
"""Backticks in a row; in a text with more of them all are letters that look alike."""

_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_SAFE_URL = re.compile(r"^[A-Za-z0-9\-._~:/?#@!$&'*+,;=%]+$")
_ENTITY = re.compile(r"&#?[A-Za-z0-9]+;")
_BARE_URL = re.compile(
    r"https?://[a-z0-9.-]+(:[0-9]+)?(/([A-Za-z0-9./?=%+-]|#(?=[a-z])|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9]))*)?(?<=[\w/])"
)
"""an address that GitHub takes for one as a whole, with nothing in it that would be emphasis or a mention"""
_TOUCHY = re.compile(
    r"(?P<linked>@|#(?=\w)|(?<![a-z0-9])(?:GH-|www(?=\.))|:(?=//)|(?<![g-z])[0-9a-f]{6}(?=[0-9a-f]))"
    r"|[<>&\\`*{}\[\]()~!$]|(?<![^\W_])_|_(?![^\W_])|(?<![^ ])(?:[+.]|-+|=+|#+)(?= |$)|(?<=\d)[.)](?= |$)",
    re.IGNORECASE,
)
"""what would begin a link, a mention or a reference; then what begins or ends Markdown, which becomes an entity"""
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./:#+-]{0,119}")
_NO_WORD = re.compile(r"#|(?<![a-z0-9])(?:GH-|www\.)|://|^[0-9]+\.( |$)|  | $", re.IGNORECASE)
"""what would be a link, a list or emphasis in a word that is none of our vocabulary after all"""


class Markdown(str):
    """Text that is Markdown already: our own words, or what an encoder here returned."""

    __slots__ = ()


def visible(text: str, keep: str = "") -> str:
    """The text without control, bidirectional, zero-width and private characters; NFC."""
    kept = (c if c in keep or unicodedata.category(c) not in _INVISIBLE else " " for c in text)
    return unicodedata.normalize("NFC", "".join(kept))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis where something is left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def code(value: object, limit: int = SHORT) -> Markdown:
    """One line of untrusted text as a code span; its fence is longer than any run of backticks within.

    A pipe is escaped as tables need it, which outside a table shows as a backslash before the pipe; a vertical
    bar of another kind stands for it instead.
    """
    text = _with_short_runs(cut(" ".join(visible(str(value)).split()), limit).replace("|", "¦"))
    if not text:
        return Markdown("–")
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return Markdown(f"{fence}{pad}{text}{pad}{fence}")


def prose(value: object, limit: int = SHORT) -> Markdown:
    """One line of untrusted text as a plain sentence: nothing in it is Markdown, HTML, a mention or a link.

    An empty comment splits what GitHub would find in the text: mentions, addresses, issue numbers, commits.
    """
    text = cut(" ".join(visible(str(value)).split()), limit).replace("|", "¦")
    encoded = _TOUCHY.sub(_harmless, text)
    # Each sign takes up to nine characters: a text of nothing else would burst the comment's budget (T24).
    if len(encoded) > len(text) + limit // 2:
        return code(text, limit)
    return Markdown(encoded or "–")


def advice(value: object, limit: int = SHORT) -> Markdown:
    """A sentence in which `words between backticks` are code, as our own advice has them; the rest as `prose`.

    Anything may stand in it: where the backticks do not pair up with something between them, all of it is prose.
    """
    parts = cut(" ".join(visible(str(value)).split()), limit).split("`")
    if parts == [""] or len(parts) % 2 == 0 or not all(part.strip() for part in parts[1:-1]):
        return prose(value, limit)
    spoken = (code(part, limit) if n % 2 else _spoken(part, limit) for n, part in enumerate(parts))
    return Markdown("".join(spoken))


def _spoken(part: str, limit: int) -> str:
    """Prose with the spaces that part it from what stands beside it."""
    if not part.strip():
        return part
    before, after = " " * (part[0] == " "), " " * (part[-1] == " ")
    return f"{before}{prose(part, limit)}{after}"


def _harmless(found: re.Match[str]) -> str:
    """The first character as its entity, or an empty comment behind all where GitHub would begin a link."""
    if found.lastgroup == "linked":
        return f"{found[0]}<!-- -->"
    return f"&#{ord(found[0][0])};{found[0][1:]}"


def inert(text: str) -> str:
    """Plain text for where no Markdown is read but mentions and `fixes #1` are: a commit's message, a title.

    Nothing can be escaped there, so a letter that only looks alike takes the place of what would begin a link.
    """
    return _REFERS.sub(lambda found: _ALIKE.get(found[0], f"{found[0][:-1]}\u2011"), text)


_REFERS = re.compile(r"@|#(?=\w)|//|\bGH-(?=\d)", re.IGNORECASE)
_ALIKE = {"@": "\uff20", "#": "\uff03", "//": "\u2215\u2215"}


def block(value: object, language: str = "", limit: int = BLOCK) -> Markdown:
    """Untrusted lines as a fenced code block of their own."""
    text = _with_short_runs(cut(visible(str(value), keep="\n\t"), limit))
    fence = "`" * max(3, _longest_run(text) + 1)
    return Markdown(f"{fence}{language}\n{text}\n{fence}")


def url(value: object) -> Markdown:
    """An http(s) address as itself, between angle brackets where it could be more; anything else as code."""
    text = str(value)
    # GitHub reads entities in addresses too, so what was looked at would not be where the link leads.
    parts = urlsplit(text) if _SAFE_URL.fullmatch(text) and not _ENTITY.search(text) else None
    if parts and parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc:
        return Markdown(text if _BARE_URL.fullmatch(text) else f"<{text}>")
    return code(text)


def word(value: object) -> Markdown:
    """A word of our own vocabulary (phase, role, undo class) without code marks; anything else as code."""
    text = str(value).replace("_", " ")
    return Markdown(text) if _WORD.fullmatch(text) and not _NO_WORD.search(text) else code(value)


def encode(value: object) -> str:
    """What a template prints: Markdown and numbers as they are, everything else as code."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if value is None:
        return "unknown"
    return code(value)


def _with_short_runs(text: str) -> str:
    """The text where no run of backticks is so long that its fence would burst the comment's budget (T24)."""
    return text.replace("`", "\u02cb") if _longest_run(text) > LONGEST_RUN else text


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

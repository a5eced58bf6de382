"""Text for a font that does not have every letter: the nearest one that it has, and a list of what was done."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

UNKNOWN = "[?]"
_ALIKE = {
    "→": "->",
    "←": "<-",
    "≥": ">=",
    "≤": "<=",
    "−": "-",
    "✓": "yes",
    "✗": "no",
    "\u00a0": " ",
    "\u202f": " ",
}


@dataclass
class Letters:
    """Fits texts to the code points in `has`; `replaced` maps each character that it lacks to what is shown."""

    has: Collection[int]
    replaced: dict[str, str] = field(default_factory=dict)

    def fit(self, text: str) -> str:
        """Return the text in letters of the font: composed, else without its accent, else `[?]`, once per run."""
        shown = "".join(map(self._one, unicodedata.normalize("NFC", text)))
        return re.sub(f"(?:{re.escape(UNKNOWN)})+", UNKNOWN, shown)

    def _one(self, letter: str) -> str:
        if ord(letter) in self.has:
            return letter
        bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
        near = _ALIKE.get(letter) or bare
        found = near if near and all(ord(part) in self.has for part in near) else UNKNOWN
        self.replaced[letter] = found
        return found

    @property
    def note(self) -> str:
        """What a reader must know of the replacements, empty where there were none."""
        if not self.replaced:
            return ""
        told = ", ".join(
            f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name').lower()} as {shown}"
            for letter, shown in sorted(self.replaced.items())
        )
        return f"Letters that this report's font lacks are shown otherwise ({told}). The records have them."

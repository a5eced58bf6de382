"""A page on paper: without navigation, with its words, without empty sheets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.web.tab import WIDE, Tab
from tests.web.tools import tools

_DOTS = "20"


async def printed(tab: Tab, folder: Path) -> list[str]:
    """What is wrong with the open page as Chromium prints it on A4."""
    await tab.screen(WIDE, media="print")
    shown = await tab.run("pageLook.onPaper()")
    await tab.screen(WIDE)
    found = [f"paper shows navigation: {what}" for what in shown["navigation"]]
    file = folder / "page.pdf"
    file.write_bytes(await tab.printed())
    words = _ran("pdftotext", "-enc", "UTF-8", str(file), "-").decode()
    if not shown["headed"] or _letters(shown["heading"]) not in _letters(words):
        found.append(f"paper lacks the heading {shown['heading']!r}")
    return found + [f"sheet {number} is empty" for number in _empty(file)]


def _letters(text: str) -> str:
    """Letters and digits alone: paper breaks lines where it likes, and hyphens with them."""
    return re.sub(r"[\W_]", "", text)


def _empty(file: Path) -> list[int]:
    """The numbers of the sheets without a dark spot."""
    sheets = _ran("pdftoppm", "-gray", "-r", _DOTS, str(file))
    found, at, number = [], 0, 0
    while at < len(sheets):
        head = re.compile(rb"P5\s+(\d+)\s+(\d+)\s+255\s").match(sheets, at)
        assert head is not None, "pdftoppm writes binary grey maps"
        size = int(head[1]) * int(head[2])
        number += 1
        if min(sheets[head.end() : head.end() + size]) > 200:
            found.append(number)
        at = head.end() + size
    return found


def _ran(name: str, *arguments: str) -> bytes:
    return subprocess.run([str(tools.tool(name)), *arguments], check=True, capture_output=True, timeout=60).stdout

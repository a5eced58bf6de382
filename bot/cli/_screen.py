"""What a command shows: text from outside stays text, faults stand with their line and what to do about them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot.domain.faults import Fault

LEVEL_STYLE = {"LOW": "green", "MEDIUM": "yellow", "HIGH": "red", "CRITICAL": "bold red"}


def console(stream: TextIO | None = None) -> Console:
    """A console that colours what a person sees and nothing that goes into a file or a pipe."""
    return Console(file=stream or sys.stdout, highlight=False, soft_wrap=False, emoji=False, markup=False)


def plain(text: str) -> str:
    """The text without what could steer a terminal or turn the direction of reading; line breaks become spaces."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def styled(text: str, style: str = "") -> Text:
    """Text of ours or from outside, never markup."""
    return Text(plain(text), style=style)


def fault_line(file: str, fault: Fault) -> str:
    """`file:line: field: what is wrong; what to do`, as editors and grep like it."""
    file = fault.file or file
    place = f"{file}:{fault.line}" if fault.line else file
    what = f"{fault.path} {fault.message}" if fault.path else fault.message
    return plain(f"{place}: {what}" + (f"; {fault.next}" if fault.next else ""))


def show_faults(file: str, faults: Iterable[Fault], screen: Console) -> None:
    """A line for each fault, none of them wrapped or cut."""
    for fault in faults:
        screen.print(Text(fault_line(file, fault)), soft_wrap=True)

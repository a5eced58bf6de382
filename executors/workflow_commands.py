"""Words for the Actions runner, none of which text from outside can forge (T38).

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re

from executors.protocol.finding import Finding

_LEVEL = {"notice": "notice", "warning": "warning", "failure": "error"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")
_MARKUP = frozenset("&<>|`*_~[]()!#@\\:/\"'$+-")
LONGEST_MESSAGE = 4_000


def annotation(finding: Finding) -> str:
    """Return `::error file=…,line=…,title=…::message` for a finding, properly escaped."""
    properties = {"title": finding.code if finding.step is None else f"{finding.step}: {finding.code}"}
    if finding.path:
        properties = {"file": finding.path, "line": str(finding.line)} | properties
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_LEVEL[finding.level]} {told}::{_data(finding.message[:LONGEST_MESSAGE])}"


def mask(value: str) -> str:
    """Return the command that hides `value` in everything printed later."""
    return f"::add-mask::{_data(value)}"


def guarded(text: str, token: str) -> str:
    """Return `text` between `stop-commands` guards; `token` must be one that nobody can guess."""
    if len(token) < 16 or token in text:
        raise ValueError("the guard's token must be unguessable and not occur in the text")
    return f"::stop-commands::{token}\n{_CONTROL.sub(' ', text)}\n::{token}::"


def plain(text: str) -> str:
    """Return the text so that no line of it is a command, in neither of the runner's two grammars."""
    lines = _CONTROL.sub(" ", text.replace("\r", "\n")).replace("##[", "## [").split("\n")
    return "\n".join(f"| {line}" if line.lstrip().startswith("::") else line for line in lines)


def output(name: str, value: str) -> str:
    """Return the line for GITHUB_OUTPUT; ValueError for a value of more than one line."""
    if _CONTROL.search(value) or "\n" in value:
        raise ValueError(f"output {name}: must be one line of plain text")
    return f"{name}={value}\n"


def cell(text: str) -> str:
    """Return the text for a job summary so that it stays text: no HTML, link, mention, table or list."""
    flat = " ".join(_CONTROL.sub(" ", text).split())
    return "".join(f"&#{ord(char)};" if char in _MARKUP else char for char in flat)


def _data(text: str) -> str:
    clean = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return clean.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

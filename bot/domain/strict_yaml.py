"""YAML that can be read in one way only: what another reader might read differently is refused (T29).

Of the scalars, YAML 1.2's booleans and nulls and plain decimal integers have a type; everything else is text,
exactly as written: `NO` stays `NO`, `1.10` stays `1.10`, `01067` stays `01067`. No aliases, anchors, tags,
directives or second documents; no key twice; at most 64 KB, 20 levels and 5,000 entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.domain.document import DEPTH_LIMIT, SURROGATE, TOO_DEEP, Document, Path, Wrong, nfc, oversized, scalar
from bot.domain.faults import Fault

NODE_LIMIT = 5_000
"""Entries of a document; what a parser in Python reads in a fraction of a second."""


_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line ends of YAML 1.1 that are none in YAML 1.2: https://yaml.org/spec/1.2.2/#54-line-break-characters"""
_LINE_END = re.compile("\r\n|\r|\n")


def read_yaml(text: str, first_line: int = 1) -> Document | Fault:
    """The document in `text`, whose first line has the number `first_line`; or the first fault in it.

    Source: https://yaml.org/spec/1.2.2/#103-core-schema, narrowed as the module says.
    """
    if fault := oversized(text):
        return fault
    if found := _BREAKS.search(text):
        line = first_line + len(_LINE_END.findall(text, 0, found.start()))
        message = f"holds U+{ord(found[0]):04X}, which ends a line for some readers of YAML and not for others"
        return Fault("", message, "remove it, or begin a new line there", line)
    try:
        return _Builder(first_line).build(yaml.parse(text, Loader=yaml.SafeLoader))
    except Wrong as wrong:
        return wrong.fault
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = first_line + mark.line if mark else None
        return Fault("", f"this is no YAML: {error.problem or error.context}", "correct the line", at)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return Fault("", "this is no YAML: it holds a character that YAML does not allow", "remove it", first_line)


@dataclass
class _Open:
    """A collection that is being read; `key` is the pending key of a mapping."""

    value: list[Any] | dict[str, Any]
    path: Path
    key: str | None = None
    names: set[str] = field(default_factory=set)


class _Builder:
    """Builds values from parser events with a stack of its own, so that depth is counted, not suffered."""

    def __init__(self, first_line: int) -> None:
        self.first = first_line
        self.stack: list[_Open] = []
        self.lines: dict[Path, int] = {}
        self.value: Any = None
        self.documents = 0

    def build(self, events: Iterator[yaml.Event]) -> Document:
        for count, event in enumerate(events):
            line = self.first + (event.start_mark.line if event.start_mark else 0)
            if count > NODE_LIMIT:
                raise Wrong(f"has more than {NODE_LIMIT:,} entries", "shorten it", line)
            match event:
                case yaml.DocumentStartEvent():
                    self._document(event, line)
                case yaml.AliasEvent():
                    raise Wrong("an alias (`*name`) is not allowed", "write the value out", line)
                case yaml.ScalarEvent():
                    self._plain(event, line)
                    self._scalar(event, line)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._plain(event, line)
                    self._open({} if isinstance(event, yaml.MappingStartEvent) else [], line)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self.stack.pop()
        return Document(self.value, self.lines)

    def _document(self, event: yaml.DocumentStartEvent, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise Wrong("a second document begins here", "remove the line `---`", line)
        if event.version or event.tags:
            raise Wrong("directives (`%YAML`, `%TAG`) are not allowed", "remove the line", line)

    def _plain(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise Wrong("an anchor (`&name`) is not allowed", "remove it", line)
        if getattr(event, "tag", None) is not None:
            raise Wrong("a tag (`!name`) is not allowed", "remove it", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if SURROGATE.search(event.value):
            raise Wrong("holds half of a character (a surrogate)", "write the character itself", line)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            self._key(top, event.value, line)
        else:
            self._put(event.value if event.style else scalar(event.value), line)

    def _key(self, top: _Open, name: str, line: int) -> None:
        if not name:
            raise Wrong("a key is empty", "give it a name", line)
        if nfc(name) in top.names:
            raise Wrong(f"the key `{name[:80]}` occurs twice", "keep one of them", line)
        top.names.add(nfc(name))
        top.key = name
        self.lines[(*top.path, name)] = line

    def _put(self, value: Any, line: int) -> Path:
        """Put the value where it belongs and return its path."""
        if not self.stack:
            self.value = value
            self.lines[()] = line
            return ()
        top = self.stack[-1]
        if isinstance(top.value, dict):
            assert top.key is not None
            path: Path = (*top.path, top.key)
            top.value[top.key], top.key = value, None
        else:
            path = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
        return path

    def _open(self, value: list[Any] | dict[str, Any], line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            raise Wrong("a key must be a word", "write `name: value`", line)
        if len(self.stack) >= DEPTH_LIMIT:
            raise Wrong(*TOO_DEEP, line)
        self.stack.append(_Open(value, self._put(value, line)))

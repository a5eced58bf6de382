"""Reads an issue's body: the answers to the form in its own order, or one fenced briefing (T28).

GitHub writes each answer below `### Label`. Whoever writes such a heading into a text area would answer another
question, so every heading must be the one that comes next; anything else is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.answers import read_answer
from bot.domain.document import Document, Path
from bot.domain.faults import Fault
from bot.domain.form import Form, Question, merge
from bot.domain.pasted import read_pasted

BODY_LIMIT = 65_536
"""GitHub's own limit for an issue's body, in characters."""

_HEADING = re.compile(r" {0,3}###(?!#)[ \t]*(.*?)[ \t#]*")
_FENCE_END = re.compile(r" {0,3}`{3,}[ \t]*")


@dataclass
class Section:
    """The lines below one heading; `first` is the number of the line after it, fences of text areas kept."""

    question: Question
    first: int
    lines: list[str] = field(default_factory=list)


def read_body(body: str, form: Form) -> Document | tuple[Fault, ...]:
    """The raw briefing in an issue's body with the line of each path, or every fault; never raises.

    The lines of the document are lines of the body. CRLF and LF are the same.
    """
    if len(body) > BODY_LIMIT:
        return (Fault("", f"the text is longer than {BODY_LIMIT:,} characters", "shorten it"),)
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    labels = {question.label for question in form.questions}
    first = next((match[1] for line in lines if (match := _HEADING.fullmatch(line))), None)
    if first not in labels:
        return read_pasted(lines)
    split = _Splitter(form.questions).split(lines)
    return split if isinstance(split, tuple) else _gather(split)


def _gather(sections: Sequence[Section]) -> Document | tuple[Fault, ...]:
    """One nested document from all answers."""
    document = Document({}, {})
    faults: list[Fault] = []
    lines: dict[Path, int] = {(): sections[0].first if sections else 1}
    for section in sections:
        answer = read_answer(section.question, section.lines, section.first)
        if isinstance(answer, tuple):
            faults += answer
        elif answer is not None:
            path = section.question.path
            lines |= {(*path, *inner): line for inner, line in answer.lines.items() if (*path, *inner)}
            faults += merge(Document(document.value, lines), answer.value, path)
    return tuple(faults) or Document(document.value, lines)


class _Splitter:
    """Walks the body once, knowing which question comes next and whether a line is inside a rendered answer."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.fence = "before"

    def split(self, lines: list[str]) -> list[Section] | tuple[Fault, ...]:
        for number, line in enumerate(lines, start=1):
            heading = None if self.fence == "inside" else _HEADING.fullmatch(line)
            if heading:
                self._heading(heading[1], number)
            else:
                self._line(line, number)
            if self.faults:
                return tuple(self.faults)
        if self.fence == "inside":
            label = self.sections[-1].question.label
            return (
                Fault(label, "the code block below this heading has no end", "add a line with three backticks"),
            )
        return tuple(self._missing()) or self.sections

    def _heading(self, label: str, number: int) -> None:
        position = len(self.sections)
        expected = self.questions[position].label if position < len(self.questions) else None
        if label == expected:
            self.sections.append(Section(self.questions[position], number + 1))
            self.fence = "before"
        elif any(label == question.label for question in self.questions):
            message = "this heading of the form stands here a second time or in the wrong place"
            self.faults.append(
                Fault(label, message, "remove the line; each heading stands once, in order", number)
            )
        else:
            message = "this heading is none of the form's"
            self.faults.append(
                Fault(label[:80], message, "inside answers write `####` or bold text instead", number)
            )

    def _line(self, line: str, number: int) -> None:
        if not self.sections:
            if line.strip():
                self.faults.append(Fault("", "text before the form's first heading", "remove it", number))
            return
        section = self.sections[-1]
        if section.question.render:
            self._rendered(section, line, number)
        else:
            section.lines.append(line)

    def _rendered(self, section: Section, line: str, number: int) -> None:
        """A line below the heading of a text area that GitHub puts into a fence."""
        render = section.question.render
        if self.fence == "inside":
            if _FENCE_END.fullmatch(line):
                self.fence = "after"
            else:
                section.lines.append(line)
        elif self.fence == "before" and line.strip() == f"```{render}":
            self.fence, section.first = "inside", number + 1
        elif line.strip() and not (self.fence == "before" and line.strip() == "_No response_"):
            message = f"this must stand inside the block that begins with three backticks and `{render}`"
            self.faults.append(Fault(section.question.label, message, "move the line into the block", number))

    def _missing(self) -> Iterator[Fault]:
        for question in self.questions[len(self.sections) :]:
            yield Fault(question.label, "this heading of the form is missing", "open a new issue from the form")

"""Reads one answer of an issue form by the kind of its question; `required` is enforced here, not by GitHub."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.form import Question
from bot.domain.reading import spelled
from bot.domain.strict_json import read_json
from bot.domain.strict_yaml import read_yaml

NO_RESPONSE = "_No response_"
NO_CHOICE = "None"
"""What GitHub writes for a dropdown that was left alone; no option may be called so.

Source: https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/
common-validation-errors-when-creating-issue-forms
"""
_BOX = re.compile(r"- \[([ xX])\] (.*)")


def read_answer(question: Question, lines: Sequence[str], first: int) -> Document | tuple[Fault, ...] | None:
    """The answer whose first line is line `first` of the body, None where there is none, or its faults."""
    text = "\n".join(lines).strip()
    if text in ("", NO_RESPONSE) or (question.kind == "dropdown" and text == NO_CHOICE):
        return (_fault(question, "is missing", "answer this question", first),) if question.required else None
    if question.render:
        return _rendered(question, "\n".join(lines), first)
    first += next(index for index, line in enumerate(lines) if line.strip())
    match question.kind:
        case "checkboxes":
            return _ticked(question, text, first)
        case "dropdown":
            return _chosen(question, text, first)
        case "input" if "\n" in text:
            return (_fault(question, "has more than one line", "write one line", first),)
        case _:
            return Document(text, {(): first})


def _fault(question: Question, message: str, advice: str, line: int) -> Fault:
    return Fault(spelled(question.path) or question.id, message, advice, line)


def _rendered(question: Question, text: str, first: int) -> Document | tuple[Fault, ...] | None:
    read = read_json(text, first) if question.render == "json" else read_yaml(text, first)
    if isinstance(read, Fault):
        return (_fault(question, read.message, read.next, read.line or first),)
    if read.value is None:
        return (_fault(question, "is missing", "answer this question", first),) if question.required else None
    return read


def _chosen(question: Question, text: str, first: int) -> Document | tuple[Fault, ...]:
    chosen = text.split(", ") if question.multiple else [text]
    if any(one not in question.options for one in chosen) or len(set(chosen)) != len(chosen):
        return (_fault(question, "is none of the choices", f"choose of: {', '.join(question.options)}", first),)
    return Document(chosen if question.multiple else text, {(): first})


def _ticked(question: Question, text: str, first: int) -> Document | tuple[Fault, ...] | None:
    boxes = [_BOX.fullmatch(line.strip()) for line in text.split("\n") if line.strip()]
    if [box and box[2] for box in boxes] != list(question.options):
        advice = "only tick or untick the boxes; leave their words as they are"
        return (_fault(question, "is not the form's list of boxes", advice, first),)
    ticked = [box[2].split(":")[0] for box in boxes if box and box[1] != " "]
    if not ticked:
        return (_fault(question, "has no box ticked", "tick one", first),) if question.required else None
    return Document(ticked, {(): first})

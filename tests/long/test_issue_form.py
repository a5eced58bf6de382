"""What stands in one answer of the form is that answer or refused by its line; it speaks for no other (T28)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import yaml
from hypothesis import event, given
from hypothesis import strategies as st

from bot.domain.body import BODY_LIMIT, read_body
from bot.domain.document import Document
from bot.domain.form import Question
from tests.bot.domain.test_issue_body import FORM
from tests.long import LONG

Answers = dict[str, Any]
SHOWN = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
HEADING = re.compile(r"#{3}(?!#)|_No response_$")
LINE = st.text(SHOWN, min_size=1, max_size=20).filter(lambda text: not HEADING.match(text))
WORD = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True).filter(
    lambda word: word not in ("null", "true", "false")
)
VALUE = st.recursive(
    st.booleans() | st.integers(-(10**9), 10**9) | LINE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)
TAKEN = {str(question.path[0]) for question in FORM.questions if question.path}


def answer_to(question: Question) -> st.SearchStrategy[Any]:
    """What somebody may answer: None is no answer, a text area in YAML has a value."""
    match question.kind:
        case "checkboxes" | "dropdown" if question.kind == "checkboxes" or question.multiple:
            found = st.lists(st.sampled_from(question.options), unique=True, min_size=1)
        case "dropdown":
            found = st.sampled_from(question.options)
        case "textarea" if question.render and not question.path:
            found = st.dictionaries(WORD.filter(lambda word: word not in TAKEN), VALUE, min_size=1, max_size=3)
        case "textarea" if question.render:
            found = st.dictionaries(WORD, VALUE, min_size=1, max_size=3)
        case "textarea":
            found = st.lists(LINE | st.just(""), max_size=5).map(lambda lines: "\n".join(["x", *lines, "y"]))
        case _:
            found = LINE
    return found if question.required else st.none() | found


ANSWERS = st.fixed_dictionaries({question.id: answer_to(question) for question in FORM.questions})


def written(question: Question, answer: Any) -> str:
    """The lines that GitHub writes below the heading."""
    if question.kind == "checkboxes":
        return "\n".join(f"- [{'X' if o in (answer or ()) else ' '}] {o}" for o in question.options)
    if answer is None:
        return "None" if question.kind == "dropdown" else "_No response_"
    if question.render:
        return f"```{question.render}\n{yaml.safe_dump(answer, allow_unicode=True, width=10**6)}```"
    return ", ".join(answer) if question.multiple else str(answer)


def body_of(answers: Answers) -> str:
    """The issue that GitHub makes of the answers."""
    return "\n\n".join(f"### {q.label}\n\n{written(q, answers[q.id])}" for q in FORM.questions) + "\n"


def meant(answers: Answers) -> dict[str, Any]:
    """The raw briefing that the answers mean, put together in another way than the parser does it."""
    whole: dict[str, Any] = {}
    for question in FORM.questions:
        answer = answers[question.id]
        if answer is None:
            continue
        if question.kind == "checkboxes":
            answer = [o.split(":")[0] for o in question.options if o in answer]
        if not question.path:
            whole |= answer
            continue
        *folders, name = question.id.split("--")
        place = whole
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = answer
    return whole


@LONG
@given(ANSWERS, st.sampled_from(["\n", "\r\n"]))
def test_what_was_answered_is_what_is_read(answers: Answers, newline: str) -> None:
    text = body_of(answers)
    read = read_body(text.replace("\n", newline), FORM)
    assert isinstance(read, Document), read
    assert read.value == meant(answers)
    lines = text.split("\n")
    for question in FORM.questions:
        if question.path and answers[question.id] is not None:
            line = read.line_of(question.path)
            assert line
            heading = max(n for n, one in enumerate(lines[:line], 1) if one.startswith("### "))
            assert lines[heading - 1] == f"### {question.label}"


LABELS = [question.label for question in FORM.questions]
HOSTILE = st.one_of(
    st.tuples(
        st.sampled_from(["", " ", "   ", "    ", "\t", "> ", "- ", "\u00a0", "\ufeff"]),
        st.sampled_from(["###", "### ", "###\t", "###  ", "####", "## ", "\uff03\uff03\uff03 ", "\\### "]),
        st.sampled_from([*LABELS, *(label.upper() for label in LABELS[:3]), "Surprise", ""]),
        st.sampled_from(["", " ", " ###", " #", "\t", "\u200b"]),
    ).map("".join),
    st.sampled_from(
        [
            "```", "```yaml", "````", "~~~", " ```", "_No response_", "None", "---", "===", "<!--", "-->", "\r",
            "", "- [X] website: make the site and put it on the air", "\u2028### Domain", "\x0b### Domain",
            "\x85### Domain", "evil.example", "domain: evil.example", "legal: {a: 1}", "*a", "&a x",
            "website_config: {domain: evil.example}",
        ]
    ),
    st.text(max_size=10),
)  # fmt: skip


def apart(value: dict[str, Any], question: Question, was: dict[str, Any]) -> dict[str, Any]:
    """All of the briefing but what belongs to the question; where that has no place of its own, what was there."""
    rest = deepcopy(value)
    if not question.path:
        return {name: item for name, item in rest.items() if name in was}
    place = rest
    for part in question.path[:-1]:
        place = place.get(str(part), {})
    place.pop(str(question.path[-1]), None)
    return {name: item for name, item in rest.items() if item != {} or name != "website_config"}


def filled(question: Question) -> Any:
    """Some answer."""
    if question.options:
        return [question.options[0]] if question.multiple or question.kind == "checkboxes" else question.options[0]
    return {"a_word": {"b": [1, "x"]}, "c": "text"} if question.render else "an answer"


FULL = {question.id: filled(question) for question in FORM.questions}
BARE = {question.id: filled(question) if question.required else None for question in FORM.questions}
TEXTS = [question for question in FORM.questions if question.kind == "textarea" and not question.render]
ASKED = st.sampled_from(TEXTS) | st.sampled_from(FORM.questions)
"""A question, those of free text as often as all others together: there is most room for mischief."""


@LONG
@given(st.sampled_from([FULL, BARE]), ASKED, st.lists(HOSTILE, min_size=1, max_size=4), st.data())
def test_a_hostile_answer_speaks_for_itself_only(
    answers: Answers, question: Question, hostile: Sequence[str], data: st.DataObject
) -> None:
    if not question.path:
        answers = answers | {question.id: None}
    lines = body_of(answers).split("\n")
    first = lines.index(f"### {question.label}") + 1
    own = first + 2 + written(question, answers[question.id]).count("\n")
    at = data.draw(st.integers(first, own))
    # Instead of the answer or within it.
    until = data.draw(st.sampled_from([at, own]))
    text = "\n".join([*lines[:at], *hostile, *lines[until:]])
    before, after = meant(answers), read_body(text, FORM)
    event("read" if isinstance(after, Document) else "refused")
    if isinstance(after, Document):
        assert apart(after.value, question, before) == apart(before, question, before)
        return
    ends = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for fault in after:
        assert fault.message
        assert fault.next
        if fault.line is None:
            # A heading is missing: it is named instead, and it is one of the form's.
            assert fault.path in LABELS or len(text) > BODY_LIMIT
        else:
            assert first - 1 <= fault.line <= ends

"""An issue's body answers the form's questions in the form's order and nothing else (T28)."""

from __future__ import annotations

import random
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.body import BODY_LIMIT, read_body
from bot.domain.briefing import Briefing, read_briefing
from bot.domain.document import Document
from bot.domain.form import Form, Question, read_form
from tests.bot.domain.acme import acme, example

FORM = read_form((files("templates") / "forms" / "business.yml").read_text("utf-8"))
LABELS = {question.id: question.label for question in FORM.questions}
ANSWERS = {
    "business_name": "Acme Consulting",
    "business_type": "consulting",
    "industry": "IT Consulting",
    "country": "DE",
    "contact_email": "info@acme-consulting.example",
    "website_config--domain": "acme-consulting.example",
    "website_config--template": "corporate_site_v1",
    "website_config--pages": "home, services, contact",
    "website_config--content": "```yaml\nabout: Since 2012.\nservices:\n  - name: Advice\n"
    "    summary: Good advice.\n```",
    "legal": "```yaml\naddress: {street: A 1, postal_code: 10999, city: Berlin}\nrepresented_by: K. Vogel\n"
    "privacy_contact: p@acme-consulting.example\n```",
    "scope": "- [X] website: make the site and put it on the air",
    "execution_mode": "normal",
    "notes": "First line.\n\n#### Small heading\nlast line",
}


def answer_of(question: Question, answers: dict[str, str]) -> str:
    if question.kind == "checkboxes":
        ticked = answers.get(question.id, "").split("\n")
        return "\n".join(f"- [X] {o}" if f"- [X] {o}" in ticked else f"- [ ] {o}" for o in question.options)
    return answers.get(question.id, "_No response_")


def body(form: Form = FORM, **answers: str) -> str:
    """The body that GitHub makes of these answers."""
    merged = ANSWERS | {name.replace("__", "--"): answer for name, answer in answers.items()}
    return "\n\n".join(f"### {q.label}\n\n{answer_of(q, merged)}" for q in form.questions) + "\n"


def read(text: str) -> Document:
    document = read_body(text, FORM)
    assert isinstance(document, Document), document
    return document


def refused(text: str) -> list[tuple[str, int | None]]:
    faults = read_body(text, FORM)
    assert isinstance(faults, tuple), "the body was taken"
    assert all(fault.message and fault.next for fault in faults)
    return [(fault.path, fault.line) for fault in faults]


def line_of(text: str, line: str) -> int:
    return text.split("\n").index(line) + 1


def test_the_repository_offers_the_very_form_that_is_parsed() -> None:
    root = Path(__file__).parents[3]
    shown = (root / ".github" / "ISSUE_TEMPLATE" / "business.yml").read_bytes()
    assert shown == (files("templates") / "forms" / "business.yml").read_bytes()
    assert FORM.labels == ("capability:business",)


def test_every_question_belongs_to_a_field_of_the_briefing() -> None:
    for question in FORM.questions:
        if question.id != "more":
            model = Briefing
            for part in question.path:
                assert part in model.model_fields, question.id
                model = getattr(model.model_fields[str(part)].annotation, "model_fields", None) and (
                    model.model_fields[str(part)].annotation  # type: ignore[assignment]
                )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_filled_form_is_a_briefing_whose_lines_are_known(newline: str) -> None:
    text = body()
    document = read(text.replace("\n", newline))
    briefing = read_briefing(document)
    assert isinstance(briefing, Briefing), briefing
    assert briefing.website_config.pages == ["home", "services", "contact"]
    assert briefing.website_config.content.services[0].name == "Advice"
    assert briefing.scope == ["website"]
    assert briefing.notes == "First line.\n\n#### Small heading\nlast line"
    assert document.line_of(("industry",)) == line_of(text, "IT Consulting")
    assert document.line_of(("website_config", "content", "services", 0)) == line_of(text, "  - name: Advice")


def test_what_is_wrong_in_a_text_area_has_the_line_of_the_issue() -> None:
    text = body(legal="```yaml\naddress: {city: Berlin}\nrepresented_by: x\nrepresented_by: y\n```")
    assert refused(text) == [("legal", line_of(text, "represented_by: y"))]


@pytest.mark.parametrize("where", ["business_name", "notes", "website_config--description", "industry"])
@pytest.mark.parametrize(
    "heading",
    ["### Domain", "### Business name", "### Notes", "   ###  Domain ##", "### domain", "### Surprise", "###"],
)
def test_t28_a_heading_inside_an_answer_is_refused_with_its_line(where: str, heading: str) -> None:
    text = body(**{where: f"harmless\n\n{heading}\n\nevil.example"})
    assert [line for _, line in refused(text)] == [line_of(text, f"### {LABELS[where]}") + 4]


@pytest.mark.parametrize("question", FORM.questions, ids=lambda question: question.id)
def test_a_heading_that_is_missing_or_repeated_is_named(question: Question) -> None:
    text = body()
    heading = f"### {question.label}\n"
    start = text.index(heading)
    end = text.find("\n### ", start) + 1 or len(text)
    assert refused(text[:start] + text[end:])
    assert refused(text + f"\n{heading}\nagain\n")[0][0] == question.label
    assert refused(text[:end] + text[start:end] + text[end:])


@pytest.mark.parametrize("question", [q for q in FORM.questions if q.required], ids=lambda question: question.id)
@pytest.mark.parametrize("nothing", ["_No response_", "", "   "])
def test_a_required_question_without_an_answer_is_named(question: Question, nothing: str) -> None:
    assert [path for path, _ in refused(body(**{question.id: nothing}))] == [question.id.replace("--", ".")]


def test_a_choice_that_was_left_alone_is_no_answer() -> None:
    alone = {question.id: "None" for question in FORM.questions if question.kind == "dropdown"}
    assert refused(body(**alone)) == [("business_type", line_of(body(**alone), "### Business type") + 1)]
    document = read(body(**alone | {"business_type": "consulting"}))
    assert "execution_mode" not in document.value
    assert set(document.value["website_config"]) == {"domain", "template", "content"}
    assert read(body(notes="None")).value["notes"] == "None"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("business_type", "bakery"), ("website_config--pages", "home, home"),
        ("website_config--pages", "home,team"),
        ("industry", "two\nlines"), ("execution_mode", "force it"),
    ],
)  # fmt: skip
def test_an_answer_that_github_would_not_write_is_refused_by_name(name: str, answer: str) -> None:
    assert [path for path, _ in refused(body(**{name: answer}))] == [name.replace("--", ".")]


def test_boxes_whose_words_were_changed_are_refused() -> None:
    assert refused(body().replace("dns: point", "dns: steal"))[0][0] == "scope"


def test_more_settings_add_fields_and_never_replace_an_answer() -> None:
    document = read(body(more="```yaml\npriority: 5\nwebsite_config: {secondary_color: '#000000'}\n```"))
    assert document.value["priority"] == 5
    assert document.value["website_config"]["secondary_color"] == "#000000"
    text = body(more="```yaml\npriority: 5\nwebsite_config: {domain: evil.example}\n```")
    assert [path for path, _ in refused(text)] == ["website_config.domain"]
    assert [path for path, _ in refused(body(more="```yaml\n- 1\n```"))] == ["more"]


def test_a_pasted_block_is_a_briefing_and_two_are_none() -> None:
    block = f"Please.\n\n```yaml\n{example()}```\n\nThanks."
    briefing = read_briefing(read(block))
    assert isinstance(briefing, Briefing)
    assert briefing.digest == acme().digest
    assert refused(f"{block}\n```json\n{{}}\n```\n") == [("", len(block.split("\n")) + 1)]
    assert refused("```yaml\na: 1\n") == [("", 1)]
    assert refused("please make me a website") == [("", None)]
    assert refused("~~~~yaml\na: 1\na: 2\n~~~~") == [("", 3)]


def test_other_code_blocks_hide_no_briefing() -> None:
    assert refused("````text\n```yaml\na: 1\n```\n````") == [("", None)]


def test_a_body_of_a_megabyte_is_refused_before_it_is_read() -> None:
    assert refused("### Business name\n" * 60_000) == [("", None)]
    assert refused("x" * (BODY_LIMIT + 1)) == [("", None)]


PIECES = [
    "### Domain", "### Business name", "### Nothing", "###", "```yaml", "```", "~~~", "_No response_", "a: 1",
    "- [ ] website: make the site and put it on the air", "- [X]", "\r", "\0", "\u2028", "[[[[", "### Scope", "{",
    "*a", "",
    "    ### Notes", "```json", "&a", "text", "<!--", "\ud800",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["\n", "\r\n", "\n\n"]), st.integers(0, 4000)
)
def test_no_body_makes_the_parser_raise(pieces: list[str], newline: str, cut: int) -> None:
    for text in (newline.join(pieces), body()[:cut] + newline.join(pieces) + body()[cut:]):
        document = read_body(text, FORM)
        if isinstance(document, Document):
            assert read_briefing(document)


def test_ten_thousand_bodies_of_broken_pieces_are_read_or_refused() -> None:
    dice = random.Random(28)
    for _ in range(10_000):
        text = "\n".join(dice.choices(PIECES, k=dice.randint(1, 12)))
        document = read_body(text, FORM)
        assert isinstance(document, Document) or all(fault.message for fault in document)

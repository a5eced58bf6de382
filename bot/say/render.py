"""A message and its template become Markdown; what a template prints is encoded unless it is Markdown already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from bot.domain.messages import CheckReport, Message, PullText
from bot.domain.policy_words import PolicyChecked
from bot.domain.template_words import TemplatesChecked
from bot.domain.website_steps import undo_text
from bot.say import deeds, history
from bot.say.budget import CHECK_TEXT, COMMENT, MARK, fit, sections
from bot.say.encode import Markdown, advice, block, code, cut, encode, inert, prose, url, visible, word
from bot.say.picture import cost_range, duration, indent, phase_icon, step_graph, total, walk

TITLE = 250
"""Characters of a pull request's or check run's title; GitHub takes 256 and 255."""


@dataclass(frozen=True)
class Output:
    """A check run's output."""

    title: str
    summary: str
    text: str


@dataclass(frozen=True)
class PullWords:
    """A pull request's title and body."""

    title: str
    body: str


def marker(case_key: str, name: str) -> str:
    """The hidden line by which our own comment is found again (T23)."""
    return f"<!-- millwright:{hashlib.sha256(f'{case_key}/{name}'.encode()).hexdigest()[:32]} -->"


def comment(message: Message, mark: str) -> str:
    """The message as a comment of at most 60,000 characters, with its hidden marker last."""
    text = fit(sections(_render(f"comments/{message.kind}.md.j2", message)), COMMENT - len(mark) - 2)
    return f"{text}\n\n{mark}"


def check(report: CheckReport) -> Output:
    """The output of a check run."""
    return _output(_render(f"checks/{report.name}.md.j2", report))


def _output(rendered: str) -> Output:
    named = {s.name: s.text for s in sections(rendered)}
    return Output(
        title=cut(_plain(named["title"]), TITLE),
        summary=cut(named["summary"], CHECK_TEXT),
        text=cut(named.get("text", ""), CHECK_TEXT),
    )


def policy(checked: PolicyChecked) -> Output:
    """The output of the check run of a proposed policy."""
    return _output(_render("checks/policy.md.j2", checked))


def template(checked: TemplatesChecked) -> Output:
    """The output of the check run of proposed templates."""
    return _output(_render("checks/template.md.j2", checked))


def pull(text: PullText) -> PullWords:
    """Title and body of the plan pull request."""
    found = sections(_render("pulls/pull_text.md.j2", text))
    title = next(section.text for section in found if section.name == "title")
    return PullWords(cut(_plain(title), TITLE), fit([s for s in found if s.name != "title"]))


def _plain(text: str) -> str:
    """A title is no Markdown, but one that is merged becomes a commit's message, where GitHub reads again."""
    return inert(" ".join(visible(text).replace("`", "'").split()))


def _render(template: str, message: Message | PolicyChecked | TemplatesChecked) -> str:
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    return _environment().get_template(template).render(values)


def _section(rank: int, name: str) -> Markdown:
    return Markdown(f"{MARK}{rank} {name}\n")


def _source(name: str) -> str:
    return files("templates").joinpath(*name.split("/")).read_text("utf-8")


@cache
def _environment() -> Environment:
    """The environment of all messages: nothing undefined, nothing printed that was not encoded."""
    environment = Environment(  # noqa: S701 - Markdown, not HTML: `finalize` encodes every value
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        finalize=encode,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        advice=advice, code=code, block=block, prose=prose, url=url, word=word, duration=duration
    )
    environment.globals.update(
        section=_section,
        step_graph=step_graph,
        phase_icon=phase_icon,
        cost_range=cost_range,
        total=total,
        walk=walk,
        indent=indent,
        undo_text=undo_text,
        deed=deeds.deed,
        preview_of=deeds.preview,
        leg_of=deeds.leg_of,
        undo_at=deeds.undo_at,
        place=deeds.place,
        subject=deeds.subject,
        brings=deeds.brings,
        back=deeds.back,
        undone=deeds.undone,
        fact_name=deeds.fact_name,
        LONG=deeds.LONG,
        **history.WORDS,
    )
    return environment

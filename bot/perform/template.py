"""The check run of proposed templates: each is tried with its own sample, in a limited process (T30).

What comes from a fork is read and not filled: whoever wrote it need not have any right here (T5).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from bot import say as words
from bot.domain.briefing import Briefing, read_briefing
from bot.domain.document import Document
from bot.domain.effects import TemplateReport
from bot.domain.faults import Fault, Refused
from bot.domain.ledger import Entry
from bot.domain.own_templates import unusable
from bot.domain.sample_site import sample_inputs
from bot.domain.strict_yaml import read_yaml
from bot.domain.template_words import TemplateProposal, TemplatesChecked, TemplateSeen, external_id
from bot.domain.vertical import Vertical, choose, parse_vertical
from bot.errors import GitHubError
from bot.perform.made import made
from bot.ports import CheckText, Hands
from executors.kinds.website import apart
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import uses
from executors.protocol.canonical import canonical
from executors.protocol.finding import Finding
from executors.render.diagnosis import template_id_of

_SAMPLE, _DAY = "sample.yaml", "2026-01-02"


async def report(effect: TemplateReport, hands: Hands) -> list[Entry]:
    """Creates it, or brings the one with the same annotations up to date."""
    found = effect.proposal
    seen = tuple([await _seen(folder, found, hands) for folder in found.folders])
    checked = TemplatesChecked(seen, found.fork, found.more)
    annotations = tuple(_finding(fault) for one in seen for fault in one.faults)
    mark = hashlib.sha256(canonical([one.to_json() for one in annotations])).hexdigest()[:8]
    output = words.template(checked)
    text = CheckText(
        name="millwright / template",
        title=output.title,
        summary=output.summary,
        text=output.text,
        external_id=external_id(found.repo.id, found.number, found.head, mark),
        status="completed",
        conclusion="failure" if annotations else "neutral" if found.fork or found.more else "success",
        annotations=annotations,
    )
    check = await hands.github.put_check(found.repo, found.head, text, None)
    return made(effect, check=check)


async def _seen(folder: str, found: TemplateProposal, hands: Hands) -> TemplateSeen:
    try:
        own = await hands.github.folder(found.repo, folder, found.head)
    except GitHubError as error:
        if error.status != 413:
            raise
        return _faulty(folder, str(error), "make it smaller")
    if not own:
        return TemplateSeen(folder, gone=True)
    if why := unusable(folder, own):
        return _faulty(folder, why, "correct it")
    return await asyncio.to_thread(_tried, folder, own, found.fork)


def _tried(folder: str, own: dict[str, bytes], fork: bool) -> TemplateSeen:
    """Reads the template and, unless it is of a fork, fills it with its sample."""
    inputs = None if fork else _inputs(own, folder)
    if isinstance(inputs, tuple):
        return TemplateSeen(folder, inputs)
    try:
        answer = apart.examined(own, inputs)
    except ValueError as error:
        return _faulty(folder, str(error), "take out what takes so long: loops in loops, long texts, patterns")
    faults = (*_flaws(answer, folder), *_findings(answer, folder))
    sizes = {path: len(text.encode()) for path, text in answer["texts"].items()}
    return TemplateSeen(
        folder,
        faults,
        tuple(sorted((path, size) for path, size in sizes.items() if path.endswith(".html"))),
        tuple(one["message"] for one in answer["findings"] if one["level"] == "notice"),
        sum(sizes.values()),
        len(uses(inputs)) if inputs else 0,
    )


def _inputs(own: dict[str, bytes], folder: str) -> Website | tuple[Fault, ...]:
    """The sample as the website step would be given it, without its pictures; or its faults."""
    file = f"{folder}/{_SAMPLE}"
    if _SAMPLE not in own:
        missing = "there is no sample.yaml beside it"
        return _faulty(folder, missing, "add a briefing that fills the template's pages").faults
    document = read_yaml(own[_SAMPLE].decode("utf-8", "replace"))
    briefing = read_briefing(document) if isinstance(document, Document) else (document,)
    if not isinstance(briefing, Briefing):
        return _at(briefing, file)
    vertical = choose(briefing.business_type, _verticals())
    if isinstance(vertical, Refused):
        return _at((Fault("business_type", vertical.why, vertical.next),), file)
    found = sample_inputs(briefing, vertical, template_id_of(own) or "unnamed", _DAY)
    return _at(found, file) if isinstance(found, tuple) else Website.model_validate(found)


@cache
def _verticals() -> tuple[Vertical, ...]:
    shipped = sorted(one.name for one in files("verticals").iterdir() if one.name.endswith(".yaml"))
    return tuple(parse_vertical((files("verticals") / name).read_text("utf-8")) for name in shipped)


def _at(faults: tuple[Fault, ...], file: str) -> tuple[Fault, ...]:
    """The faults of a briefing, with their file."""
    return tuple(Fault(one.path, one.message, one.next, one.line or 1, file) for one in faults)


def _faulty(folder: str, message: str, advice: str) -> TemplateSeen:
    """A template that cannot be looked at."""
    return TemplateSeen(folder, (Fault("", message, advice, 1, f"{folder}/template.yaml"),))


def _flaws(answer: dict[str, Any], folder: str) -> Iterator[Fault]:
    for one in answer["flaws"]:
        yield Fault("", one["message"], one["next"], one["line"] or 1, f"{folder}/{one['file']}")


def _findings(answer: dict[str, Any], folder: str) -> Iterator[Fault]:
    """What the finished pages have, of which nobody can say a line; a notice is no fault."""
    for one in answer["findings"]:
        if one["level"] != "notice":
            where = one.get("path") or "the site"
            yield Fault(where, one["message"], "correct the section that prints it", 1, f"{folder}/template.yaml")


def _finding(fault: Fault) -> Finding:
    message = f"{f'{fault.path} ' if fault.path else ''}{fault.message}; {fault.next}"
    return Finding(
        level="failure", code="template", message=message[:4_000], path=fault.file, line=fault.line or 1
    )

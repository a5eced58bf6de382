"""The issue form as data: which questions GitHub asks, in which order, and where each answer belongs.

An id names the place of its answer in the briefing: `website_config--domain` is `website_config.domain`; the
answer to `more` belongs at the top. A checkbox stands for the word before its colon.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.document import Document, Path
from bot.domain.faults import Fault
from bot.domain.strict_yaml import read_yaml

Kind = Literal["input", "textarea", "dropdown", "checkboxes"]
MORE = "more"


class Question(BaseModel):
    """One question of the form; `options` are the words that answers are made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Kind
    label: str
    required: bool = False
    multiple: bool = False
    render: str = ""
    options: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the answer belongs in the briefing."""
        return () if self.id == MORE else tuple(self.id.split("--"))


class Form(BaseModel):
    """The questions in the order in which GitHub writes them into the issue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: tuple[str, ...]
    questions: tuple[Question, ...]


@lru_cache(maxsize=16)
def read_form(text: str) -> Form:
    """The form in the YAML of `.github/ISSUE_TEMPLATE/*.yml`; ValueError when it is none, for it is our own.

    Source: https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/
    syntax-for-githubs-form-schema
    """
    document = read_yaml(text)
    if isinstance(document, Fault):
        raise ValueError(f"the issue form: {document.message} (line {document.line})")
    questions = tuple(_question(item) for item in document.value["body"] if item["type"] != "markdown")
    labels = [question.label for question in questions]
    if len(set(labels)) != len(labels):
        raise ValueError("the issue form: two questions have the same label")
    return Form(labels=tuple(document.value.get("labels", ())), questions=questions)


def _question(item: dict[str, Any]) -> Question:
    attributes = item["attributes"]
    options = attributes.get("options", ())
    return Question(
        id=item["id"],
        kind=item["type"],
        label=attributes["label"],
        required=item.get("validations", {}).get("required", False),
        multiple=attributes.get("multiple", False),
        render=attributes.get("render", ""),
        options=tuple(option["label"] if isinstance(option, dict) else option for option in options),
    )


def merge(into: Document, value: Any, path: Path) -> list[Fault]:
    """Put `value` at `path` of a document of nested dicts; a fault for each place that is taken already."""
    if path:
        return _merge_at(into.value, path, {path[-1]: value}, into)
    if not isinstance(value, dict):
        return [Fault(MORE, "must be a group of `name: value` lines", "write `priority: 5`", into.line_of(()))]
    return _merge(into.value, value, (), into)


def _merge_at(root: dict[str, Any], path: Path, value: dict[Any, Any], document: Document) -> list[Fault]:
    for part in path[:-1]:
        root = root.setdefault(str(part), {})
    return _merge(root, value, path[:-1], document)


def _merge(into: dict[str, Any], value: dict[str, Any], path: Path, document: Document) -> list[Fault]:
    faults: list[Fault] = []
    for key, item in value.items():
        here = (*path, key)
        if key not in into:
            into[key] = item
        elif isinstance(into[key], dict) and isinstance(item, dict):
            faults += _merge(into[key], item, here, document)
        else:
            name = ".".join(map(str, here))
            faults.append(Fault(name, "is answered twice", "keep one of the answers", document.line_of(here)))
    return faults

"""Reads what a person hands over as a file: briefing, policy, vertical, issue body or plan."""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import Literal

from bot.domain.body import read_body
from bot.domain.briefing import Briefing, read_briefing
from bot.domain.defaults import PolicyText
from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.form import read_form
from bot.domain.policy import Defaults, Policy
from bot.domain.policy import parse as parse_policy
from bot.domain.strict_json import read_json
from bot.domain.strict_yaml import read_yaml
from bot.errors import BotError
from executors.errors import ProtocolError
from executors.protocol.canonical import parse
from executors.protocol.plan import Plan
from executors.protocol.wire import read

Kind = Literal["policy", "defaults", "briefing", "vertical"]
LARGEST = 1 << 20


class FileFault(BotError):
    """A file cannot be read at all."""


def text_of(path: Path) -> str:
    """The file's text; FileFault where there is none."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileFault(f"{path} is larger than 1 MB; briefings, policies and verticals have 64 KB at most")
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise FileFault(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileFault(f"cannot read {path}: it is no UTF-8 text") from error


def document_of(path: Path, text: str) -> Document | tuple[Fault, ...]:
    """What the file says, read as its ending tells: `.json`, an issue's body in `.md`, else YAML."""
    if path.suffix.lower() in (".md", ".markdown"):
        form = importlib.resources.files("templates") / "forms" / "business.yml"
        return read_body(text, read_form(form.read_text("utf-8")))
    read_one = read_json(text) if path.suffix.lower() == ".json" else read_yaml(text)
    return (read_one,) if isinstance(read_one, Fault) else read_one


def briefing_of(path: Path, text: str) -> Briefing | tuple[Fault, ...]:
    """The briefing in the file, or every fault in it."""
    document = document_of(path, text)
    return document if isinstance(document, tuple) else read_briefing(document)


def kind_of(document: Document) -> Kind:
    """What the document is meant to be, by the names that only one kind has; a briefing in doubt."""
    names = document.value if isinstance(document.value, dict) else {}
    if "vertical_id" in names or "template_config" in names:
        return "vertical"
    if {"operations", "products", "environments"} & set(names):
        return "policy"
    return "defaults" if set(names) & (set(Defaults.model_fields) - {"version"}) else "briefing"


def policy_of(path: Path, default: Path | None = None) -> Policy | tuple[Fault, ...]:
    """The policy in the file above the defaults in the other, or every fault in both."""
    below = PolicyText(text_of(default), str(default)) if default is not None else None
    return parse_policy(text_of(path), below)


def plan_of(path: Path) -> Plan:
    """The plan in the file; FileFault where it is none or cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFault(f"cannot read {path}: {error.strerror}") from error
    if path.suffix.lower() in (".yaml", ".yml", ".md"):
        raise FileFault(f"{path} is no plan; `millwright plan {path} -o plan.json` makes one of a briefing")
    try:
        return read(Plan, parse(data))
    except ProtocolError as error:
        raise FileFault(f"{path} is no plan: {error}") from error

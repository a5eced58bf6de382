"""Effects as JSON and back, byte for byte the same value; bytes inside travel as base64."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, create_model

from bot.domain.effects import (
    Answer,
    Check,
    CloseIssue,
    Effect,
    Grant,
    PolicyReport,
    Record,
    Say,
    SetLabels,
    TemplateReport,
)
from bot.errors import StoreError

EFFECTS: dict[str, type[Effect]] = {kind.__name__: kind for kind in get_args(Effect)}


class _Box(BaseModel):
    """Carries the configuration that a plain dataclass cannot have."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@cache
def _box(name: str) -> Any:
    # One model per class: the stored type names the class, so nothing is guessed from the shape.
    return create_model(f"{name}Box", __base__=_Box, effect=(EFFECTS[name], ...))


def dump(effect: Effect) -> tuple[str, bytes]:
    """The effect's type name and its JSON."""
    name = type(effect).__name__
    data: str = _box(name).model_construct(effect=effect).model_dump_json()
    return name, data.encode()


def load(type_name: str, data: bytes) -> Effect:
    """The effect that `dump` wrote; raises StoreError for a type this release does not know."""
    if type_name not in EFFECTS:
        raise StoreError(f"the outbox holds an effect {type_name!r} that this release does not know")
    effect: Effect = _box(type_name).model_validate_json(data).effect
    return effect


def slot(effect: Effect) -> str | None:
    """What only the newest of matters for, whatever its key: an older one that still waits is never performed."""
    match effect:
        case Say(to="sticky", number=number):
            return f"sticky:{number or ''}"
        case SetLabels():
            return "labels"
        case PolicyReport(number=number):
            return f"policy:{number}"
        case TemplateReport(proposal=proposal):
            return f"template:{proposal.number}"
        case Check(report=report, on=on):
            return f"check:{report.name}:{on or ''}"
        case _:
            return None


def includes(effect: Effect) -> tuple[str, ...]:
    """Slots of what is done with it, in the same write."""
    return ("labels",) if isinstance(effect, CloseIssue) and effect.state else ()


def lingers(effect: Effect) -> bool:
    """Whether it waits a little for what will replace it."""
    return isinstance(effect, Say | SetLabels) and effect.lingers


def urgent(effect: Effect) -> bool:
    """Whether a door waits for it: such effects need nothing that others make, and go first."""
    return isinstance(effect, Answer | Grant)


def key_of(effect: Effect) -> str:
    """The effect's key, unique in its case; raises StoreError for a Record, which is stored with the decision."""
    if isinstance(effect, Record):
        raise StoreError("a Record is part of the ledger and cannot wait in the outbox")
    return effect.key

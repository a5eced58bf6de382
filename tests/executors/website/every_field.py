"""Inputs with every field that there is, made from the models themselves: a new slot is in them by itself."""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from executors.kinds.website.inputs import OwnTemplate, Website
from executors.render.shipped import shipped

Leaf = tuple[Any, ...]
"""The way to one text: names of fields and numbers in lists."""
FORM = "https://wort.example/weg"
_TRIED: tuple[Any, ...] = (
    "Wort", "wort", "2026-03-02", FORM, "29.90", "09:00-18:00", "wort@wort.example",
    "+49 30 5550 1420", "bilder/wort.png", "a" * 64, "50.9385", "DE", "EUR", "#1e40af", "wort.example", "2.0.0",
    "DE999999999", 7, True,
)  # fmt: skip
_LEFT_OUT = (OwnTemplate,)


@cache
def whole(template: str) -> Website:
    """A site of that template with every field of the inputs filled, and every page it can have."""
    given = _made(Website)
    pages = [name.replace("_", "-") for name in shipped(template).manifest.pages]
    named = {
        "template": template,
        "template_version": None,
        "template_digest": None,
        "language": "de",
        "form": None,
    }
    return Website.model_validate(given | named | {"pages": pages[:20], "country": "DE"})


def planted(inputs: Website, text: str) -> tuple[dict[str, Any], list[Leaf]]:
    """The inputs with the text in every field that takes it, and which did."""
    raw = inputs.model_dump(mode="json", exclude_none=True)
    took = []
    for leaf in leaves(raw):
        *way, last = leaf
        parent: Any = raw
        for key in way:
            parent = parent[key]
        before, parent[last] = parent[last], text
        try:
            Website.model_validate(copy.deepcopy(raw))
            took.append(leaf)
        except ValidationError:
            parent[last] = before
    return raw, took


def leaves(value: Any, path: Leaf = ()) -> Iterator[Leaf]:
    """The ways to all texts."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from leaves(inner, (*path, key))
    if isinstance(value, str):
        yield path


def _made(model: type[BaseModel]) -> dict[str, Any]:
    model.model_rebuild()
    found = {name: _value(_whole(field), f"{model.__name__}.{name}") for name, field in model.model_fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def _whole(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _value(kind: Any, where: str) -> Any:
    """Something that the type takes; the first of several types that is not None."""
    bare, origin = kind, get_origin(kind)
    while origin is Annotated:
        bare = get_args(bare)[0]
        origin = get_origin(bare)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in get_args(bare) if one is not type(None)), where)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return None if bare in _LEFT_OUT else _made(bare)
    if origin is Literal:
        return get_args(bare)[0]
    if origin is list:
        return [_value(get_args(bare)[0], where)]
    found = [one for one in _TRIED if _takes(kind, one)]
    assert found, f"{where}: add something to _TRIED that this field takes: {kind}"
    return found[0]


def _takes(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True

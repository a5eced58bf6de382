"""Turns what pydantic found wrong into faults that a person can act on: field, message, line, what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from bot.domain.document import Document, Path
from bot.domain.faults import Fault

M = TypeVar("M", bound=BaseModel)

FAULTS_SHOWN = 100

_KINDS = {
    "string_type": ("must be text", "write words; put numbers and special characters in quotes"),
    "int_type": ("must be a whole number", "write digits only"),
    "int_parsing": ("must be a whole number", "write digits only"),
    "int_from_float": ("must be a whole number", "write digits only"),
    "bool_type": ("must be true or false", "write `true` or `false`, without quotes"),
    "bool_parsing": ("must be true or false", "write `true` or `false`, without quotes"),
    "list_type": ("must be a list", "begin each entry with `- `"),
    "tuple_type": ("must be a list", "begin each entry with `- `"),
    "dict_type": ("must be a group of `name: value` lines", "indent the lines below the name"),
    "model_type": ("must be a group of `name: value` lines", "indent the lines below the name"),
    "model_attributes_type": ("must be a group of `name: value` lines", "indent the lines below the name"),
    "date_from_datetime_parsing": ("is no date", "write `2026-01-31`"),
    "date_parsing": ("is no date", "write `2026-01-31`"),
    "date_type": ("is no date", "write `2026-01-31`"),
}
_FORMS = {
    "email": "write one like `info@example.com`",
    "vat_id": "write country and number without spaces, like `DE123456789`",
    "postal_code": "write it like `10115`",
    "slug": "use small letters, digits and hyphens, like `our-first-post`",
    "sha256": "write the 64 hexadecimal digits that `sha256sum` prints",
    "path": "write the path of a picture in the repository, like `images/team.jpg`",
    "timezone": "write one like `Europe/Berlin`",
}


def read_model(model: type[M], document: Document) -> M | tuple[Fault, ...]:
    """The document as `model`, or every fault in it at once, in reading order.

    A whole number where text is wanted (`postal_code: 10115`) is taken as the text it was written as.
    """
    value = document.value
    if not isinstance(value, dict):
        return (Fault("", *_KINDS["model_type"], document.line_of(())),)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error
    try:
        return model.model_validate(_numbers_as_text(value, first))
    except ValidationError as error:
        return faults_of(error, document, model)


def _numbers_as_text(value: Any, error: ValidationError) -> Any:
    """A copy of `value` with the integers replaced that stand where text is wanted."""
    for found in error.errors(include_url=False):
        wanted, got = found["type"] == "string_type", found["input"]
        if wanted and isinstance(got, int) and not isinstance(got, bool):
            value = _replaced(value, written(found["loc"]), str(got))
    return value


def _replaced(value: Any, path: Path, text: str) -> Any:
    """A copy of `value` with `text` at `path`; unchanged where the path is not one of the document."""
    if not path:
        return text
    here, rest = path[0], path[1:]
    if isinstance(value, dict) and here in value:
        return {**value, here: _replaced(value[here], rest, text)}
    if isinstance(value, list) and isinstance(here, int) and here < len(value):
        return [*value[:here], _replaced(value[here], rest, text), *value[here + 1 :]]
    return value


def faults_of(error: ValidationError, document: Document, model: type[BaseModel]) -> tuple[Fault, ...]:
    """Every error as a fault with its line, at most 100, sorted by line where lines are known."""
    faults = [_fault(found, document, model) for found in error.errors(include_url=False)[:FAULTS_SHOWN]]
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.line or 0))


def spelled(path: Iterable[str | int]) -> str:
    """A path as people write it: `website_config.pages.2`."""
    return ".".join(str(part) for part in path)


_TAG = re.compile(r"\([a-z_]+\)")
"""How a union of ours tags its kinds; pydantic puts the tag into the path, where nobody wrote it."""


def written(loc: Path) -> Path:
    """The path as it stands in the document: without the tags of unions."""
    return tuple(part for part in loc if not _is_tag(part))


def _is_tag(part: str | int) -> bool:
    return isinstance(part, str) and _TAG.fullmatch(part) is not None


def _fault(found: ErrorDetails, document: Document, model: type[BaseModel]) -> Fault:
    path = written(found["loc"])
    if found["type"] == "union_tag_invalid":
        path = (*path, "kind")
    message, advice = _words(found, path, model)
    return Fault(spelled(path), message, advice, document.line_of(path))


def _words(found: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    """Message and advice of one error."""
    kind, context = found["type"], found.get("ctx", {})
    name = str(path[-1]) if path else ""
    match kind:
        case "wrong":
            return str(context["message"]), str(context["next"])
        case "missing":
            return "is missing", f"add `{name}: …`"
        case "extra_forbidden":
            return "is no field", _nearest(name, model, found["loc"])
        case "string_pattern_mismatch":
            return "is not written as it must be", _FORMS.get(name, f"it must match `{context['pattern']}`")
        case "literal_error" | "enum":
            return "is none of the values allowed", f"write {context['expected']}"
        case "union_tag_invalid":
            kinds = context["expected_tags"].replace("(", "").replace(")", "").replace(", ", " or ")
            return "is none of the values allowed", f"write {kinds}"
        case "value_error":
            return str(context["error"]), "correct it"
        case _ if words := _limit(kind, context):
            return words
        case _ if kind in _KINDS:
            return _KINDS[kind]
        case _:
            return found["msg"][:200].lower(), "correct it"


def _limit(kind: str, context: dict[str, Any]) -> tuple[str, str] | None:
    """Message and advice where something is too long, too large, or the reverse; None for other errors."""
    match kind:
        case "string_too_long":
            return f"is longer than {context['max_length']} characters", "shorten it"
        case "string_too_short" | "too_short":
            return "is empty", "fill it in, or leave the field out"
        case "too_long":
            return f"has more than {context['max_length']} entries", "leave some out"
        case "greater_than_equal" | "greater_than":
            return "is too small", f"write {next(iter(context.values()))} or more"
        case "less_than_equal" | "less_than":
            return "is too large", f"write {next(iter(context.values()))} or less"
        case _:
            return None


def _nearest(name: str, model: type[BaseModel], path: Path) -> str:
    """Advice for a name that is no field: the field it was probably meant to be."""
    fields = _fields_at(model, path[:-1])
    close = difflib.get_close_matches(name[:80], fields, n=1)
    return f"did you mean `{close[0]}`?" if close else f"remove it; known are {', '.join(fields) or 'none'}"


def _fields_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The names of the fields of the model at `loc` below `model`; empty where there is none."""
    here: Any = model
    for part in loc:
        if isinstance(part, int):
            continue
        if _is_tag(part):
            here = _tagged(here, str(part))
            continue
        found = _model_in(here)
        field = found.model_fields.get(part) if found else None
        here = field.annotation if field else None
    last = _model_in(here)
    return list(last.model_fields) if last else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model that an annotation mentions (`list[Service]`, `Legal | None`)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = getattr(annotation, "__args__", ())
    return next((found for part in inside if (found := _model_in(part))), None)


def _tagged(annotation: Any, tag: str) -> Any:
    """The member of a union that bears the tag, anywhere in the annotation."""
    if Tag(tag) in getattr(annotation, "__metadata__", ()):
        return annotation
    inside = getattr(annotation, "__args__", ())
    return next((found for part in inside if (found := _tagged(part, tag))), None)

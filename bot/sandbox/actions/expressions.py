"""Evaluate the `${{ }}` expressions of a workflow as GitHub does, as far as our workflows use them.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Value = Any  # null, bool, number, string, list or object, as JSON has them


class ExpressionError(ValueError):
    """An expression cannot be read; the message quotes it."""


@dataclass(frozen=True)
class Scope:
    """What an expression can see: its contexts by name, and how things stand so far."""

    contexts: Mapping[str, Value] = field(default_factory=dict)
    succeeded: bool = True
    failed: bool = False
    cancelled: bool = False

    def having(self, **contexts: Value) -> "Scope":
        """Return the same scope with these contexts added or replaced."""
        return Scope({**self.contexts, **contexts}, self.succeeded, self.failed, self.cancelled)


_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<op>==|!=|<=|>=|&&|\|\||[!<>().,\[\]]))"
)
_STATUS = re.compile(r"\b(always|success|failure|cancelled)\s*\(")
_EMBEDDED = re.compile(r"\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}")


def evaluate(source: str, scope: Scope) -> Value:
    """Return the value of one bare expression; raises ExpressionError where it cannot be read."""
    reader = _Reader(source, scope)
    value = reader.either()
    if reader.peek() is not None:
        raise ExpressionError(f"unexpected {reader.peek()!r} in expression {source!r}")
    return value


def interpolate(text: Value, scope: Scope) -> str:
    """Return the text with each `${{ }}` in it replaced by its value as a string."""
    if not isinstance(text, str):
        return as_text(text)
    return _EMBEDDED.sub(lambda found: as_text(evaluate(found[1], scope)), text)


def holds(condition: Value, scope: Scope) -> bool:
    """Return whether an `if:` is met; without a status function it also wants success()."""
    if condition is None or condition == "":
        return scope.succeeded and not scope.cancelled
    source = as_text(condition).strip()
    bare = source[3:-2] if source.startswith("${{") and source.endswith("}}") else source
    value = truthy(evaluate(bare, scope))
    return value if _STATUS.search(bare) else value and scope.succeeded and not scope.cancelled


def truthy(value: Value) -> bool:
    """Return whether GitHub takes the value for true: all but false, 0, '' and null."""
    return not (value is None or value is False or value in (0, ""))


def as_text(value: Value) -> str:
    """Return the value as GitHub writes it into a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, indent=2)
    return str(value)


def _number(value: Value) -> float:
    if value is None or isinstance(value, bool):
        return float(bool(value))
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return float("nan")


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return left is right
    if type(left) is type(right):
        return bool(left == right)
    return _number(left) == _number(right)


def _contains(inside: Value, item: Value) -> bool:
    if isinstance(inside, list):
        return any(_equal(one, item) for one in inside)
    return as_text(item).casefold() in as_text(inside).casefold()


def _format(template: str, *values: Value) -> str:
    doubled = template.replace("{{", "\0").replace("}}", "\1")
    filled = re.sub(r"\{(\d+)\}", lambda found: as_text(values[int(found[1])]), doubled)
    return filled.replace("\0", "{").replace("\1", "}")


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "format": _format,
    "contains": _contains,
    "startswith": lambda text, start: as_text(text).casefold().startswith(as_text(start).casefold()),
    "endswith": lambda text, end: as_text(text).casefold().endswith(as_text(end).casefold()),
    "join": lambda items, by=",": as_text(by).join(as_text(one) for one in items),
    "tojson": lambda value: json.dumps(value, indent=2),
    "fromjson": json.loads,
}


class _Reader:
    """A descent through one expression, weakest operator first."""

    def __init__(self, source: str, scope: Scope) -> None:
        self.source, self.scope = source, scope
        self.tokens: list[tuple[str, str]] = []
        position, end = 0, len(source.rstrip())
        while position < end:
            found = _TOKEN.match(source, position)
            if not found or not found.lastgroup:
                raise ExpressionError(f"cannot read {source[position:]!r} in expression {source!r}")
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            position = found.end()

    def peek(self) -> str | None:
        return self.tokens[0][1] if self.tokens else None

    def take(self, wanted: str | None = None) -> tuple[str, str]:
        if not self.tokens or (wanted is not None and self.peek() != wanted):
            raise ExpressionError(f"expected {wanted or 'a value'} in expression {self.source!r}")
        return self.tokens.pop(0)

    def either(self) -> Value:
        left = self.both()
        while self.peek() == "||":
            self.take()
            right = self.both()
            left = left if truthy(left) else right
        return left

    def both(self) -> Value:
        left = self.compared()
        while self.peek() == "&&":
            self.take()
            right = self.compared()
            left = right if truthy(left) else left
        return left

    def compared(self) -> Value:
        left = self.negated()
        while self.peek() in ("==", "!=", "<", ">", "<=", ">="):
            operator, right = self.take()[1], self.negated()
            if operator in ("==", "!="):
                left = _equal(left, right) is (operator == "==")
            else:
                one, two = _number(left), _number(right)
                left = {"<": one < two, ">": one > two, "<=": one <= two, ">=": one >= two}[operator]
        return left

    def negated(self) -> Value:
        if self.peek() == "!":
            self.take()
            return not truthy(self.negated())
        return self.reached()

    def reached(self) -> Value:
        value = self.primary()
        while self.peek() in (".", "["):
            if self.take()[1] == ".":
                key: Value = self.take()[1]
            else:
                key = self.either()
                self.take("]")
            value = _member(value, key)
        return value

    def primary(self) -> Value:
        kind, text = self.take()
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if text == "(":
            value = self.either()
            self.take(")")
            return value
        if kind != "name":
            raise ExpressionError(f"unexpected {text!r} in expression {self.source!r}")
        if self.peek() == "(":
            return self.called(text)
        words = {"true": True, "false": False, "null": None}
        return words[text] if text in words else self.scope.contexts.get(text)

    def called(self, name: str) -> Value:
        self.take("(")
        arguments: list[Value] = []
        while self.peek() != ")":
            arguments.append(self.either())
            if self.peek() == ",":
                self.take()
        self.take(")")
        match name.casefold():
            case "always":
                return True
            case "success":
                return self.scope.succeeded and not self.scope.cancelled
            case "failure":
                return self.scope.failed and not self.scope.cancelled
            case "cancelled":
                return self.scope.cancelled
            case known if known in _FUNCTIONS:
                return _FUNCTIONS[known](*arguments)
        raise ExpressionError(f"unknown function {name!r} in expression {self.source!r}")


def _member(value: Value, key: Value) -> Value:
    if isinstance(value, Mapping):
        wanted = as_text(key).casefold()
        return next((one for name, one in value.items() if str(name).casefold() == wanted), None)
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    return None

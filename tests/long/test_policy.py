"""A policy is read or refused by line; what is read fits the published schema; what counts is hashed (T7).

The fields are those of the model, whatever they are: each test begins with a policy that has all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import yaml
from hypothesis import assume, event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.domain.document import Document, Path
from bot.domain.policy import LEVELS, Policy, parse
from bot.domain.strict_yaml import read_yaml
from tests.bot.domain.acme import POLICY, erp_text
from tests.long import LONG

SCHEMA = json.loads((files("templates") / "forms" / "policy.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
SECOND = """\
  - {repository: acme/other, key: OTHER, environment: spare, approvers: {users: [{id: 7, login: bo}], teams: [qa]}}
environments:
  - {name: spare, path: /srv/www/spare, url: 'http://spare.example'}
"""
GATES = """\
gates:
  - {name: legal, before: www, approvers: {teams: [legal], users: [9]}, count: 2}
  - {name: board, before: end, risk: HIGH, expiry_hours: 4}
  - {name: elsewhere, before: spare, always: true}
budgets: {per_case: '5', per_month: '100.50'}
approvers: {roles: [maintain, admin], teams: [ops], users: [{id: 5, login: ada}, 6]}
"""


def full(text: str) -> Any:
    """The policy with every field written out, as plain values."""
    read = parse(text)
    assert isinstance(read, Policy), read
    return read.model_dump(mode="json")


def shown(value: Any) -> str:
    """The values as the text of a policy file."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=200)


POLICIES = [full(POLICY), full(erp_text()), full(erp_text().replace("environments:\n", SECOND, 1) + GATES)]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path of the value that ends, with what stands there."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not items or value in ({}, []):
        yield path, value
    for key, item in items:
        yield from leaves(item, (*path, key))


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of the value but its root."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def at(value: Any, path: Path) -> Any:
    """What stands at a path."""
    for part in path:
        value = value[part]
    return value


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with something else at the path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def without(value: Any, path: Path) -> Any:
    """A copy without the path."""
    parent = at(value, path[:-1])
    rest: Any = (
        {key: item for key, item in parent.items() if key != path[-1]} if isinstance(parent, dict) else parent
    )
    if isinstance(parent, list):
        rest = [item for number, item in enumerate(parent) if number != path[-1]]
    return replaced(value, path[:-1], rest)


def words(schema: Any) -> Iterator[Any]:
    """Every value that the schema names."""
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
        yield from [schema["const"]] if "const" in schema else []
        yield from (word for item in schema.values() for word in words(item))
    elif isinstance(schema, list):
        yield from (word for item in schema for word in words(item))


WORDS = [word for word in dict.fromkeys(words(SCHEMA)) if isinstance(word, str)]
ODD = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 7, 10**14, "", "x", "NO", "1.5", "a\nb", [], {}, [1], "../x"]),
    st.just({"id": 1}),
    st.sampled_from(WORDS),
    st.text(max_size=5),
)  # fmt: skip


def like(draw: st.DrawFn, value: Any) -> Any:
    """Another value of the same kind, which may be right too."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + draw(st.sampled_from([-1, 1, 2]))
    if isinstance(value, str):
        changed = st.sampled_from(
            [f"{value}x", f"{value}0", value[:-1], value.swapcase(), value.replace("a", "b", 1)]
        )
        return draw(changed | st.sampled_from(WORDS))
    return draw(ODD)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The text of a policy of which a few things were changed, removed, doubled, moved or added."""
    value = draw(st.sampled_from(POLICIES))
    for _ in range(draw(st.integers(0, 3))):
        known = list(places(value))
        path = draw(st.sampled_from(known)) if known else ()
        match draw(st.sampled_from(["odd", "like", "like", "gone", "gone", "moved", "added", "twice"])):
            case "odd":
                value = replaced(value, path, draw(ODD))
            case "like":
                value = replaced(value, path, like(draw, at(value, path)))
            case "gone" if path:
                value = without(value, path)
            case "moved" if path:
                value = replaced(value, path, at(value, draw(st.sampled_from(known))))
            case "added" if isinstance(at(value, path), dict):
                name = draw(st.sampled_from(["surprise", "mode", "name", "id", "kind", "", "a b"]))
                value = replaced(value, path, at(value, path) | {name: draw(ODD)})
            case "twice" if isinstance(at(value, path), list):
                value = replaced(value, path, at(value, path) * 2)
    text = shown(value)
    if draw(st.integers(0, 5)) == 0:
        cut = draw(st.integers(0, len(text)))
        text = (
            text[:cut]
            + draw(st.sampled_from(["\n", "  ", "&a ", "mode: auto\n", "-", ": ", "\t", "\0", "#"]))
            + text[cut:]
        )
    return text


def as_text(value: Any, meant: Any) -> Any:
    """The value with the whole numbers that stand for text (`key: 7`) as the text they are taken for."""
    if isinstance(value, dict) and isinstance(meant, dict):
        return {key: as_text(item, meant.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(meant, list):
        return [as_text(item, one) for item, one in zip(value, meant, strict=True)]
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number and isinstance(meant, str) else value


@LONG
@given(mutated())
def test_a_policy_is_refused_by_line_or_fits_the_published_schema(text: str) -> None:
    read = parse(text)
    lines = text.count("\n") + 1
    if not isinstance(read, Policy):
        event("refused")
        assert read
        for fault in read:
            assert fault.message
            assert fault.next
            assert fault.line
            assert 1 <= fault.line <= lines
        assert [fault.line for fault in read] == sorted(fault.line or 0 for fault in read)
        return
    event("read")
    document = read_yaml(text)
    assert isinstance(document, Document)
    wrong = list(VALIDATOR.iter_errors(as_text(document.value, read.model_dump(mode="json"))))
    assert wrong == [], [f"{error.json_path}: {error.message}" for error in wrong]
    assert parse(shown(read.model_dump(mode="json"))) == read


UNREAD = {"version", "prices"}
"""What the slice leaves to others: the format of the file, and the price table, which has a digest of its own."""


def is_read(path: Path, policy: Policy, number: int, level: Any) -> bool:
    """Whether a rule decides about a plan of that product and risk: all do, but what is for others."""
    product, top = policy.products[number], path[0]
    if top == "products":
        return path[1] == number
    if top == "environments":
        return policy.environments[int(path[1])].name in product.places
    if top == "approvers":
        return product.approvers is None
    if top == "approval" and path[1] in LEVELS:
        return path[1] == level and not policy.solo
    if top == "gates":
        return policy.gates[int(path[1])] in policy.gates_for(product, level)
    return top not in UNREAD


@LONG
@given(st.sampled_from(POLICIES), st.sampled_from(LEVELS), st.data())
def test_the_slice_changes_with_every_rule_that_it_reads_and_with_no_other(
    value: Any, level: Any, data: Any
) -> None:
    path, old = data.draw(st.sampled_from(list(leaves(value))))
    changed = parse(shown(replaced(value, path, like(data.draw, old))))
    assume(isinstance(changed, Policy))
    before = parse(shown(value))
    assert isinstance(before, Policy)
    differing = [
        one
        for one in {place for dumped in (value, changed.model_dump(mode="json")) for place, _ in leaves(dumped)}
        if dict(leaves(value)).get(one) != dict(leaves(changed.model_dump(mode="json"))).get(one)
    ]
    for number, product in enumerate(before.products):
        counts = any(is_read(one, policy, number, level) for one in differing for policy in (before, changed))
        same = before.slice_digest(product, level) == changed.slice_digest(changed.products[number], level)
        event(f"{path[0]}: {'same' if same else 'changed'}")
        assert same is not counts, differing

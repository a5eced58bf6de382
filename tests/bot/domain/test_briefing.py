"""Every field of the briefing, wrong in every way, is refused by its name; the fields are found, not listed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from bot.domain.briefing import Briefing, read_briefing
from bot.domain.document import Document, Path
from bot.domain.faults import Fault
from bot.domain.strict_json import read_json
from bot.domain.strict_yaml import read_yaml
from executors.protocol.content import Legal
from tests.bot.domain.acme import acme, briefing_of, example, faults_of, raw

HOSTILE = ["\u202egnp.exe", "a\0b", "x\x1b[2J", "\u200b", "\u2028"]


def parts(annotation: Any) -> Iterator[Any]:
    """The plain types that an annotation is made of."""
    if get_origin(annotation) is Annotated:
        yield from parts(get_args(annotation)[0])
    elif get_origin(annotation) is list:
        yield list
        yield from parts(get_args(annotation)[0])
    elif get_args(annotation) and get_origin(annotation) is not dict:
        for inner in get_args(annotation):
            yield from parts(inner)
    else:
        yield get_origin(annotation) or annotation


def fields(model: type[BaseModel], at: Path = ()) -> Iterator[tuple[Path, Any, bool]]:
    """Path, annotation and whether it is required, of every field below; entries of lists by index 0."""
    for name, field in model.model_fields.items():
        path = (*at, name)
        yield path, field.annotation, field.is_required()
        kinds = list(parts(field.annotation))
        below = (*path, 0) if list in kinds else path
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from fields(kind, below)


FIELDS = list(fields(Briefing))
NAMES = [".".join(map(str, path)) for path, _, _ in FIELDS]


def kinds_of(annotation: Any) -> set[Any]:
    return set(parts(annotation))


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def with_(path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(raw("full"))
    at(changed, path[:-1])[path[-1]] = value
    return changed


def blames(faults: tuple[Fault, ...], path: Path) -> bool:
    name = ".".join(map(str, path))
    return any(fault.path == name or fault.path.startswith(f"{name}.") for fault in faults)


def assert_refused(value: Any, path: Path) -> None:
    faults = faults_of(value)
    assert blames(faults, path), faults
    assert all(fault.message and fault.next for fault in faults)


def test_the_full_briefing_is_taken_and_has_every_field() -> None:
    briefing_of(raw("full"))
    for path, _, _ in FIELDS:
        at(raw("full"), path)


def test_the_shipped_example_is_the_case_of_the_same_name() -> None:
    read = read_yaml(example())
    assert isinstance(read, Document)
    assert read.value == raw("acme")
    assert acme().digest == briefing_of(raw("acme")).digest


@pytest.mark.parametrize(("path", "annotation", "required"), FIELDS, ids=NAMES)
def test_a_field_of_the_wrong_type_is_refused_by_its_name(path: Path, annotation: Any, required: bool) -> None:
    assert_refused(with_(path, [["x"]]), path)


@pytest.mark.parametrize(
    ("path", "annotation", "required"), [f for f in FIELDS if f[2]], ids=lambda v: str(v)[:60]
)
def test_a_required_field_that_is_missing_is_named(path: Path, annotation: Any, required: bool) -> None:
    value = copy.deepcopy(raw("full"))
    del at(value, path[:-1])[path[-1]]
    faults = faults_of(value)
    assert any(
        fault.path == ".".join(map(str, path)) and fault.message.startswith("is missing") for fault in faults
    )


def has_size(annotation: Any) -> bool:
    """Whether a value of this type can be too large by itself, as a group of fields or a yes cannot."""
    kinds = kinds_of(annotation)
    groups = any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds)
    return list in kinds or not (groups or bool in kinds)


@pytest.mark.parametrize(
    ("path", "annotation", "required"), [f for f in FIELDS if has_size(f[1])], ids=lambda v: str(v)[:60]
)
def test_a_field_that_is_too_large_is_refused_by_its_name(path: Path, annotation: Any, required: bool) -> None:
    kinds, now = kinds_of(annotation), at(raw("full"), path)
    if list in kinds:
        huge: Any = [now[0]] * 1001
    elif int in kinds:
        huge = 10**12
    elif dict in kinds:
        huge = {f"k{n}": 1 for n in range(1001)}
    else:
        huge = "x" * 20_001
    assert_refused(with_(path, huge), path)


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
@pytest.mark.parametrize(
    ("path", "annotation", "required"), [f for f in FIELDS if str in kinds_of(f[1])], ids=lambda v: str(v)[:60]
)
def test_text_with_hidden_characters_is_refused_by_its_name(
    path: Path, annotation: Any, required: bool, hostile: str
) -> None:
    value = [hostile] if list in kinds_of(annotation) else hostile
    assert_refused(with_(path, value), path)


@pytest.mark.parametrize(("path", "annotation", "required"), FIELDS, ids=NAMES)
def test_a_field_that_stands_twice_is_refused(path: Path, annotation: Any, required: bool) -> None:
    value = copy.deepcopy(raw("full"))
    around, name = at(value, path[:-1]), path[-1]
    around[f"{name}@again"] = around[name]
    read = read_json(json.dumps(value).replace(f"{name}@again", str(name)))
    assert isinstance(read, Fault)
    assert f"`{name}` occurs twice" in read.message


@pytest.mark.parametrize("path", sorted({path[:-1] for path, _, _ in FIELDS}, key=str), ids=str)
def test_an_unknown_field_is_refused_by_its_name(path: Path) -> None:
    value = copy.deepcopy(raw("full"))
    at(value, path)["surprise"] = 1
    assert_refused(value, (*path, "surprise"))


WRONG = raw("wrong_values")


def path_of(name: str) -> Path:
    """The path that a case is named by; a number is the place in a list."""
    return tuple(int(part) if part.isdigit() else part for part in name.split("."))


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values], ids=ascii
)
def test_a_value_that_its_field_does_not_allow_is_refused_by_name(name: str, value: Any) -> None:
    assert_refused(with_(path_of(name), value), path_of(name))


RIGHT = raw("right_values")


@pytest.mark.parametrize(("name", "given_", "kept"), [(n, *pair) for n, pairs in RIGHT.items() for pair in pairs])
def test_a_value_in_another_spelling_is_kept_in_the_one_spelling(name: str, given_: Any, kept: str) -> None:
    value: Any = briefing_of(with_(tuple(name.split(".")), given_)).model_dump(mode="json")
    assert at(value, tuple(name.split("."))) == kept


def content_of(text: str) -> Any:
    """The content of the full briefing with `text`, YAML of one slot, in its place."""
    read = read_yaml(text)
    assert isinstance(read, Document), read
    value = copy.deepcopy(raw("full"))
    value["website_config"]["content"] |= read.value
    return briefing_of(value).website_config.content


def test_hours_and_days_may_stand_in_yaml_without_quotes() -> None:
    hours = content_of(
        "hours: {mon: [09:00-12:30, 13:30-18:00], other: [{date: 2026-12-24, label: Closed}]}"
    ).hours
    assert hours.mon == ["09:00-12:30", "13:30-18:00"]
    assert hours.other[0].date == date(2026, 12, 24)


def test_a_number_in_a_comparison_is_a_word_and_no_yes() -> None:
    rows = "comparison: [{name: Limits, rows: [{name: Users, values: [1, 10, true]}]}]"
    pricing = content_of(
        f"pricing: {{tiers: [{{name: A, price: 0}}, {{name: B, price: 29.90}}, {{name: C}}], {rows}}}"
    ).pricing
    assert pricing.comparison[0].rows[0].values == ["1", "10", True]
    assert [tier.price for tier in pricing.tiers] == ["0", "29.90", None]


def test_an_integration_of_odoo_with_itself_is_taken() -> None:
    inner = {"name": "Timesheet to invoice", "source": "odoo", "target": "odoo", "type": "internal_workflow"}
    assert briefing_of(with_(("integrations",), [inner])).integrations[0].target == "odoo"


def test_all_faults_come_at_once_with_their_lines() -> None:
    head = "business_name: A\nbusiness_type: x\nindustry: ''\ncountry: AT\n"
    text = head + "contact_email: y\nwebsite_config:\n  domain: z\n"
    document = read_yaml(text)
    assert isinstance(document, Document)
    faults = read_briefing(document)
    assert isinstance(faults, tuple)
    assert [(fault.path, fault.line) for fault in faults] == [
        ("business_type", 2), ("industry", 3), ("contact_email", 5), ("website_config.domain", 7),
    ]  # fmt: skip


def test_germany_needs_legal_facts_and_the_refusal_names_them() -> None:
    value = raw()
    del value["legal"]
    (fault,) = faults_of(value)
    assert fault.path == "legal"
    for name in ("address", "represented_by", "register_court", "register_number", "privacy_contact"):
        assert name in fault.next


@pytest.mark.parametrize(
    "name", ["address", "represented_by", "register_court", "register_number", "privacy_contact"]
)
def test_germany_names_the_one_legal_fact_that_is_missing(name: str) -> None:
    value = raw()
    del value["legal"][name]
    assert [fault.path for fault in faults_of(value)] == [f"legal.{name}"]


def test_a_sole_trader_has_no_register_to_name_and_another_country_no_german_imprint() -> None:
    trader = raw() | {"business_name": "Malerei Brandt"}
    del trader["legal"]["register_court"], trader["legal"]["register_number"]
    assert isinstance(briefing_of(trader).legal, Legal)
    abroad = raw() | {"country": "AT"}
    del abroad["legal"]
    assert briefing_of(abroad).legal is None


@pytest.mark.parametrize("value", [None, [], "text", 7, True, {}], ids=ascii)
def test_anything_but_a_briefing_is_refused(value: Any) -> None:
    assert faults_of(value)


def test_a_misspelt_field_is_answered_with_the_one_that_was_meant() -> None:
    (fault,) = faults_of(raw() | {"dead_line": "2026-01-01"})
    assert fault.next == "did you mean `deadline`?"


def test_faults_do_not_repeat_what_was_written() -> None:
    faults = faults_of(with_(("contact_email",), "someone.private@@x.example"))
    assert not any("someone" in fault.message + fault.next + fault.path for fault in faults)

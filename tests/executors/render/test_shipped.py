"""Shipped templates: found by id, pinned by digest, checked against their own rules."""

import re

import pytest
from pydantic import ValidationError

from executors.render.allow import FILTERS
from executors.render.manifest import Template, Variable, read_yaml
from executors.render.sandbox import _environment, compiled
from executors.render.shipped import shipped, template_digest, template_ids, words
from executors.render.variables import WrongVariables, check_variables

IDS = template_ids()
RULES = {
    "name": Variable(type="string", description="", required=True, min_length=2, max_length=5),
    "color": Variable(type="color", description="", default="#000000"),
    "count": Variable(type="integer", description=""),
    "ratio": Variable(type="float", description=""),
    "open": Variable(type="boolean", description=""),
    "mail": Variable(type="email", description=""),
    "site": Variable(type="url", description=""),
    "many": Variable(type="list", description="", max_length=2),
    "map": Variable(type="dict", description=""),
    "code": Variable(type="string", description="", pattern="[A-Z]{2}"),
}


def test_the_corporate_site_is_shipped() -> None:
    assert "corporate_site_v1" in IDS


@pytest.mark.parametrize("template_id", IDS)
def test_every_file_of_a_template_is_there_used_and_allowed(template_id: str) -> None:
    template = shipped(template_id)
    manifest = template.manifest
    by_section = [section.file for section in manifest.sections.values()]
    files = {manifest.layout, *(file for extra in manifest.extras for file in extra.files)}
    files |= {f for file in by_section for f in ([file] if isinstance(file, str) else file.values())}
    for file in files:
        compiled(file, template.sources[file])
    assert {section for page in manifest.pages.values() for section in page.sections} == set(manifest.sections)
    assert not {path for path in template.sources if path.endswith(".html")} - files


@pytest.mark.parametrize("template_id", IDS)
def test_no_template_prints_a_value_outside_quotes_of_an_attribute(template_id: str) -> None:
    for path, source in shipped(template_id).sources.items():
        assert not re.search(r"=\s*\{\{", source), path
        assert "{{" not in "".join(re.findall(r"<script>.*?</script>", source, re.DOTALL)), path


@pytest.mark.parametrize("template_id", IDS)
def test_all_languages_say_the_same_things(template_id: str) -> None:
    manifest = shipped(template_id).manifest
    tables = [words(template_id, language) for language in manifest.languages]
    assert all(table.keys() == tables[0].keys() for table in tables)
    assert all(text.strip() for table in tables for text in table.values())
    assert {page.title for page in manifest.pages.values()} <= tables[0].keys()


def test_a_digest_is_stable_and_follows_every_byte_and_name() -> None:
    assert template_digest("corporate_site_v1") == shipped("corporate_site_v1").digest


def test_values_are_filled_with_defaults() -> None:
    assert check_variables(RULES, {"name": "Acme"})["color"] == "#000000"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({}, "name: is required"), ({"name": "A"}, "at least 2"), ({"name": "Acme AG"}, "length of 5"),
        ({"name": 5}, "type string"), ({"name": "Acme", "color": "red;}"}, "color: is no color"),
        ({"name": "Acme", "count": "5"}, "type integer"), ({"name": "Acme", "count": True}, "type integer"),
        ({"name": "Acme", "ratio": "x"}, "type float"), ({"name": "Acme", "open": 1}, "type boolean"),
        ({"name": "Acme", "mail": "a@b"}, "no email"), ({"name": "Acme", "site": "javascript:1"}, "no url"),
        ({"name": "Acme", "many": [1, 2, 3]}, "length of 2"), ({"name": "Acme", "map": []}, "type dict"),
        ({"name": "Acme", "code": "abc"}, "must match"), ({"name": "Acme", "else": 1}, "no such variable"),
    ],
)  # fmt: skip
def test_a_value_against_the_rules_is_refused_by_name(values: dict[str, object], fault: str) -> None:
    with pytest.raises(WrongVariables, match=fault):
        check_variables(RULES, values)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(WrongVariables, match=r"else:.*name:.*count:"):
        check_variables(RULES, {"else": 1, "count": "x"})


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2", "a: &x 1\nb: *x", "a: [" * 5000, "a: !!python/object:os.system x", "x" * 70_000, "a: 'open",
        "a:\n  b: 1\n  b: 2",
    ],
)  # fmt: skip
def test_surprising_yaml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_yaml(text)


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1.0"}, {"template_id": "../x"}, {"type": "evil"}, {"surprise": 1},
        {"layout": "../layout.html"},
        {"pages": {"home": {"output": "../index.html", "title": "home", "sections": ["hero"]}}},
        {"pages": {"home": {"output": "index.html", "title": "home", "sections": ["nothing"]}}},
        {"extras": [{"files": ["a"], "output": "/etc/passwd"}]},
    ],
)  # fmt: skip
def test_a_manifest_against_the_rules_is_refused(change: dict[str, object]) -> None:
    raw = shipped("corporate_site_v1").manifest.model_dump()
    with pytest.raises(ValidationError):
        Template.model_validate(raw | change)


def test_the_environment_has_no_globals_and_only_the_listed_filters() -> None:
    env = _environment(escaping=True)
    assert env.globals == {}
    assert set(env.filters) == FILTERS

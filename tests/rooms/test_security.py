"""SECURITY.md names every threat once, and every control of this release with a test that is really there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
FOLDER = HOUSE / "tests" / "attacks"
TEXT = (HOUSE / ".github" / "SECURITY.md").read_text("utf-8")
MET, LATER = "## Threats that this release meets", "## Threats of later releases"
ROW = re.compile(r"^\| T(\d+) \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(heading: str) -> dict[int, str]:
    """Threat number → the rest of its row, in the table under a heading; each number once."""
    _, found, rest = TEXT.partition(f"{heading}\n")
    assert found, f"the heading {heading!r} is gone"
    table = [(int(number), line) for number, line in ROW.findall(rest.partition("\n## ")[0])]
    assert len(dict(table)) == len(table), "a threat has two rows"
    return dict(table)


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests that pytest would collect from a file, without importing it."""
    tree = ast.parse((HOUSE / path).read_text("utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    # hypothesis makes a test case of a state machine by an assignment: TestAnyOrder = AnyOrder.TestCase
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    machines = {target.id for target in targets if isinstance(target, ast.Name) and target.id.startswith("Test")}
    return frozenset(name for name in functions | machines if name.startswith(("test_", "Test")))


def test_every_threat_stands_in_exactly_one_table() -> None:
    met, later = set(rows(MET)), set(rows(LATER))
    assert met | later == set(range(1, 61))
    assert not met & later


@pytest.mark.parametrize(
    ("number", "line"), rows(MET).items(), ids=lambda value: f"T{value}" if isinstance(value, int) else ""
)
def test_a_threat_that_is_met_has_a_control_and_tests(number: int, line: str) -> None:
    control, _, tests = line.strip().rpartition(" | ")
    assert len(control) > 20, f"T{number} does not say what stands against it"
    assert NAMED.findall(tests), f"T{number} names no test"
    assert NAMED.sub("", tests).strip() == "", f"T{number} names something that is no test"


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(TEXT))))
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    assert (HOUSE / path).is_file(), f"there is no {path}"
    assert name in names_in(path), f"{path} has no {name}"


def test_the_list_of_threats_and_the_list_of_tests_agree() -> None:
    """Each threat that is met has a test of its number, and each number of a test is a threat that is met."""
    tested = {number for path in (HOUSE / "tests").rglob("test_*.py") for number in numbers_in(path)}
    met = set(rows(MET))
    assert sorted(met - tested) == [], "met, they say, and no test bears the number"
    assert sorted(tested - met) == [], "tested, and not in the table of what is met"


def numbers_in(path: Path) -> set[int]:
    named = [name for name in names_in(str(path.relative_to(HOUSE))) if name.startswith("test_t")]
    found = [re.match(r"test_t(\d\d)_", name) for name in (path.name, *named)]
    return {int(one[1]) for one in found if one}


@pytest.mark.parametrize(("number", "line"), rows(MET).items(), ids=str)
def test_a_row_names_a_test_of_its_number(number: int, line: str) -> None:
    wanted = f"test_t{number:02d}_"
    assert any(wanted in path or wanted in name for path, name in NAMED.findall(line)), f"T{number}"


def test_every_attack_is_named_by_its_threat() -> None:
    table = rows(MET) | rows(LATER)
    # those of the catalogue are of many threats: each attack in it names its own
    attacks = [path for path in sorted(FOLDER.glob("test_*.py")) if not path.name.startswith("test_catalogue_")]
    assert attacks
    for path in attacks:
        found = re.match(r"test_t(\d\d)_", path.name)
        assert found, f"{path.name} does not say which threat it is"
        assert f"`tests/attacks/{path.name}::" in table[int(found[1])], (
            f"{path.name} is named by no row of its threat"
        )


def test_it_says_how_to_report_in_private() -> None:
    report = TEXT.partition(MET)[0]
    assert "Report a vulnerability" in report
    assert "privately-reporting-a-security-vulnerability" in report

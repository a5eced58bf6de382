"""What holds for every executor in the catalog; a new file in `kinds/` is held to it by itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from executors import catalog, kinds
from executors.executor import Executor, Facts
from executors.protocol.operation import UNDO_CLASS, Operation, Scratch, WriteFile
from executors.world.world import World

ALL = catalog.names()
STEP = "subject"
FOLDER = Path(kinds.__path__[0])


def _built_site(world: World, tmp_path: Path, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Give deploy a site to deploy and a web root of its own."""
    for path, text in {"index.html": "<h1>Hello</h1>", "a/b.css": "a{}"}.items():
        world.apply(WriteFile.of(Scratch(step=sample["source"]), path, text.encode()))
    return {**sample, "target": str(tmp_path / "www")}


PREPARED: Mapping[str, Callable[[World, Path, Mapping[str, Any]], dict[str, Any]]] = {"deploy": _built_site}
"""What an executor's sample needs of the world; those that are not here need nothing."""


class Subject:
    """One executor on its own sample in a world of its own."""

    def __init__(self, executor: Executor, tmp_path: Path) -> None:
        self.executor = executor
        self.world = World(tmp_path / "work", "case/leg")
        prepare = PREPARED.get(executor.name, lambda _w, _t, sample: dict(sample))
        self.inputs: BaseModel = executor.inputs.model_validate(prepare(self.world, tmp_path, executor.sample))

    def look(self) -> Facts:
        return self.executor.look(self.inputs, STEP, self.world)

    def propose(self) -> list[Operation]:
        return list(self.executor.propose(self.inputs, STEP, self.look()))

    def settle(self) -> list[Operation]:
        """Apply round by round until nothing is proposed; return the undos in the order of their operations."""
        undos: list[Operation] = []
        for _ in range(10):
            proposed = self.propose()
            if not proposed:
                return undos
            undos += [undo for operation in proposed if (undo := self.world.apply(operation)) is not None]
        raise AssertionError(f"{self.executor.name} does not settle in ten rounds")


@pytest.fixture(params=ALL)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    return Subject(catalog.executor(request.param), tmp_path)


def test_it_settles(subject):
    assert subject.propose()
    subject.settle()
    assert subject.propose() == []


def test_it_can_be_taken_back(subject):
    before = subject.look().data
    for undo in reversed(subject.settle()):
        subject.world.apply(undo)
    assert subject.look().data == before


def test_a_second_look_sees_the_same(subject):
    assert subject.look() == subject.look()
    subject.settle()
    assert subject.look() == subject.look()


def test_it_proposes_the_same_twice(subject):
    assert subject.propose() == subject.propose()


def test_it_is_content_with_its_own_sample(subject):
    subject.settle()
    found = subject.executor.verify(subject.inputs, STEP, subject.world)
    assert [finding for finding in found if finding.level == "failure"] == []


def test_it_proposes_no_operation_that_its_record_does_not_name(subject):
    assert {operation.op for operation in subject.propose()} <= set(subject.executor.operations) <= set(UNDO_CLASS)


def test_its_facts_for_people_are_named_once(subject):
    facts = [(fact.target, fact.fact) for fact in subject.look().seen]
    assert len(facts) == len(set(facts))


def test_it_refuses_inputs_that_it_does_not_know(subject):
    with pytest.raises(ValidationError):
        subject.executor.inputs.model_validate({**subject.executor.sample, "surely_unknown": 1})


def test_its_limits_are_within_an_hour_and_its_card_tells_all(subject):
    card = subject.executor.card()
    assert 1 <= card.limits.timeout_seconds <= 3600
    assert card.summary
    assert card.inputs_schema["additionalProperties"] is False


def sources(name: str) -> list[Path]:
    single = FOLDER / f"{name}.py"
    return [single] if single.is_file() else sorted((FOLDER / name).rglob("*.py"))


def imported(source: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


@pytest.mark.parametrize("name", ALL)
def test_it_knows_no_other_executor_and_has_no_hands(name):
    others = tuple(f"executors.kinds.{other}" for other in ALL if other != name)
    for source in sources(name):
        for module in imported(source):
            assert not module.startswith((*others, "executors.world", "executors.runner", "executors.catalog"))


@pytest.mark.parametrize("name", ALL)
def test_it_opens_nothing_by_itself(name):
    hands = {
        "open",
        "exec",
        "eval",
        "__import__",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "unlink",
    }
    for source in sources(name):
        called = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(ast.parse(source.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        }
        assert not called & hands, source


def test_a_kind_without_its_record_fails_loudly():
    with pytest.raises(catalog.UnknownExecutor, match="does not end in EXECUTOR"):
        catalog.record(SimpleNamespace(), "empty")
    with pytest.raises(catalog.UnknownExecutor, match="give both one name"):
        catalog.record(SimpleNamespace(EXECUTOR=catalog.executor("deploy")), "other")


def test_an_executor_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(catalog.UnknownExecutor, match="deploy"):
        catalog.executor("teleport")


def test_every_file_of_the_folder_is_an_executor():
    there = {
        path.stem for path in FOLDER.iterdir() if not path.name.startswith("_") and path.suffix in {"", ".py"}
    }
    assert there == set(ALL)
    assert [card.name for card in catalog.cards()] == list(ALL)

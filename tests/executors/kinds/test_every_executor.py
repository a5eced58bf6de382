"""What holds for every executor in the catalog; a new file in `kinds/` is held to it by itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from executors import catalog, kinds
from executors.executor import Executor
from executors.kinds.check_foreign import SCRIPT
from executors.protocol.canonical import canonical
from executors.protocol.dns import SetRecords
from executors.protocol.foreign import OUTPUT, RESULT, ForeignResult, task_digest
from executors.protocol.odoo import OdooOperation
from executors.protocol.operation import RunForeign, Scratch, WriteFile
from executors.protocol.plan import FOREIGN
from executors.world.world import World
from tests.executors.kinds import laws
from tests.executors.kinds.laws import Subject
from tests.executors.kinds.odoo.stand_in import Eyes, recorded

ALL = catalog.names()
ON_A_SERVER = frozenset(kind.model_fields["op"].default for kind in (*get_args(OdooOperation), SetRecords))
WANT_A_SERVER = frozenset(name for name in ALL if ON_A_SERVER & set(catalog.executor(name).operations))
"""Executors whose operations only a real server can carry out: `tests/odoo` and `tests/dns` hold them to it."""
FOLDER = Path(kinds.__path__[0])


def _built_site(world: World, tmp_path: Path, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Give deploy a site to deploy and a web root of its own."""
    for path, text in {"index.html": "<h1>Hello</h1>", "a/b.css": "a{}"}.items():
        world.apply(WriteFile.of(Scratch(step=sample["source"]), path, text.encode()))
    return {**sample, "target": str(tmp_path / "www")}


def _room_for_a_site(_world: World, tmp_path: Path, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Give the preflight a folder that a site can go to."""
    return {**sample, "target": str(tmp_path / "www")}


def _site_to_check(world: World, _tmp_path: Path, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Give a foreign check a site to look at."""
    world.apply(WriteFile.of(Scratch(step=sample["site"]), "index.html", b"<h1>Hello</h1>"))
    return dict(sample)


class _Repository:
    """The product repository that holds the file of the sample."""

    def read(self, path: str, sha256: str) -> bytes:
        """Return it, whatever is asked for."""
        return SCRIPT


class _Ran:
    """What the job `build` left: the command of the sample was content."""

    def of(self, operation: RunForeign) -> Mapping[str, bytes]:
        """Return the result of exactly this command."""
        result = ForeignResult(operation=task_digest(operation), exit_code=0)
        return {RESULT: canonical(result.to_json()), OUTPUT: b"all links lead somewhere\n"}


PREPARED: Mapping[str, Callable[[World, Path, Mapping[str, Any]], dict[str, Any]]] = {
    "deploy": _built_site,
    "check_foreign": _site_to_check,
    "preflight": _room_for_a_site,
}
"""What an executor's sample needs of the world; those that are not here need nothing."""


def _in_a_world(executor: Executor, tmp_path: Path) -> Subject:
    """Return the executor on its own sample in a world of its own, prepared for it."""
    world = World(tmp_path / "work", "case/leg", source=_Repository(), results=_Ran())
    prepare = PREPARED.get(executor.name, lambda _w, _t, sample: dict(sample))
    return Subject(executor, executor.inputs.model_validate(prepare(world, tmp_path, executor.sample)), world)


def _on_recorded_rows(executor: Executor) -> Subject:
    """Return the executor on its own sample, looking at what a real server's database held."""
    return Subject(executor, executor.inputs.model_validate(dict(executor.sample)), Eyes(recorded()))


@pytest.mark.parametrize("law", laws.OF_LOOKING, ids=lambda law: law.__name__)
@pytest.mark.parametrize("name", ALL)
def test_it_keeps_the_laws_of_looking(name, law, tmp_path):
    executor = catalog.executor(name)
    law(_on_recorded_rows(executor) if name in WANT_A_SERVER else _in_a_world(executor, tmp_path))


@pytest.mark.parametrize("law", laws.OF_APPLYING, ids=lambda law: law.__name__)
@pytest.mark.parametrize("name", [name for name in ALL if name not in WANT_A_SERVER])
def test_it_keeps_the_laws_of_applying(name, law, tmp_path):
    law(_in_a_world(catalog.executor(name), tmp_path))


@pytest.mark.parametrize("name", ALL)
def test_it_refuses_inputs_that_it_does_not_know(name):
    executor = catalog.executor(name)
    executor.inputs.model_validate(dict(executor.sample))
    with pytest.raises(ValidationError):
        executor.inputs.model_validate({**executor.sample, "surely_unknown": 1})


@pytest.mark.parametrize("name", ALL)
def test_its_limits_are_within_an_hour_and_its_card_tells_all(name):
    card = catalog.executor(name).card()
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


def test_the_protocol_knows_which_executors_run_foreign_code():
    assert {name for name in ALL if "run_foreign" in catalog.executor(name).operations} == FOREIGN


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

"""Deploy tells what it saw, and is content only with the very page that was built."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.errors import WorldError
from executors.kinds.deploy import EXECUTOR, Inputs, look, propose, verify
from executors.protocol.operation import Scratch, WriteFile
from executors.world.world import World
from tests.executors.legs import answering, served


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "work", "case/leg", ("127.0.0.1",))
    world.apply(WriteFile.of(Scratch(step="website"), "index.html", b"<h1>Hello</h1>"))
    return world


def inputs(tmp_path: Path, url: str | None = None, **changes) -> Inputs:
    return Inputs.model_validate({"source": "website", "target": str(tmp_path / "www"), "url": url, **changes})


def facts(given: Inputs, world: World) -> dict[str, str]:
    return {fact.fact: fact.value for fact in look(given, "deploy", world).seen}


def settle(given: Inputs, world: World) -> None:
    for operation in propose(given, "deploy", look(given, "deploy", world)):
        world.apply(operation)


def test_it_sees_tree_release_and_answer_before_and_after(world, tmp_path):
    (tmp_path / "www").mkdir()
    with served(tmp_path / "www") as url:
        given = inputs(tmp_path, url)
        before = facts(given, world)
        settle(given, world)
        after = facts(given, world)
    assert before["serves"] == "nothing"
    assert before["answers"].startswith("404 sha256:")
    assert after["serves"] == f"r-{after['tree'][:20]}"
    assert after["answers"].startswith("200 sha256:")
    assert before["tree"] == after["tree"]


def test_a_server_that_is_not_there_yet_is_a_fact_and_no_error(world, tmp_path):
    with answering(lambda *_: (200, {}, b"")) as url:
        pass
    assert facts(inputs(tmp_path, url), world)["answers"] == "no answer"


def test_without_a_built_site_there_is_nothing_to_deploy(world, tmp_path):
    given = inputs(tmp_path, source="elsewhere")
    with pytest.raises(WorldError, match="built no site"):
        propose(given, "deploy", look(given, "deploy", world))


def test_the_page_that_was_built_is_healthy_and_missing_headers_are_noted(world, tmp_path):
    settle(inputs(tmp_path), world)
    with served(tmp_path / "www") as url:
        found = verify(inputs(tmp_path, url), "deploy", world)
    assert [(finding.level, finding.code) for finding in found] == [("notice", "headers")]


@pytest.mark.parametrize("answer", [(200, b"another page"), (404, b"<h1>Hello</h1>"), (301, b"")])
def test_any_other_answer_is_a_failure(world, tmp_path, answer):
    settle(inputs(tmp_path), world)
    with answering(lambda *_: (answer[0], {}, answer[1])) as url:
        found = verify(inputs(tmp_path, url), "deploy", world)
    assert [(finding.level, finding.code) for finding in found] == [("failure", "health")]


def test_without_a_url_it_says_that_nobody_asked(world, tmp_path):
    settle(inputs(tmp_path), world)
    assert [finding.code for finding in verify(inputs(tmp_path), "deploy", world)] == ["not-asked"]


def test_old_releases_are_pointed_out_and_never_removed(world, tmp_path):
    for text in ("one", "two", "three"):
        world.apply(WriteFile.of(Scratch(step="website"), "index.html", text.encode()))
        settle(inputs(tmp_path), world)
    found = verify(inputs(tmp_path, keep=2), "deploy", world)
    assert "old-releases" in [finding.code for finding in found]
    assert len(world.releases(propose_root(tmp_path))) == 3


def propose_root(tmp_path: Path):
    from executors.protocol.operation import WebRoot

    return WebRoot(path=str(tmp_path / "www"))


def test_nothing_it_does_is_irreversible():
    assert EXECUTOR.undo == "reversible"


@pytest.mark.parametrize("target", ["relative", "", "/"])
def test_a_target_that_is_no_path_of_its_own_is_refused(tmp_path, target):
    with pytest.raises(ValueError, match="target"):
        inputs(tmp_path, target=target)

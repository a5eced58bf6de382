"""Deploy tells what it saw, and is content only with the very page that was built."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.errors import WorldError
from executors.executor import RootReader
from executors.kinds.deploy import EXECUTOR, Inputs, look, propose, verify
from executors.protocol.operation import Scratch, WebRoot, WriteFile, names_of
from executors.protocol.site import RetireRelease
from executors.world.world import World
from tests.executors.legs import answering, clock, served


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "work", "case/leg", ("127.0.0.1",), clock=clock())
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


def test_a_page_that_comes_late_is_healthy_and_each_try_is_told(world, tmp_path):
    settle(inputs(tmp_path), world)
    answers = iter([(503, {}, b""), (200, {}, b"the page from before"), (200, {}, b"<h1>Hello</h1>")])
    with answering(lambda *_: next(answers)) as url:
        found = verify(inputs(tmp_path, url), "deploy", world)
    assert [finding.code for finding in found] == ["health-later", "headers"]
    assert "at try 3 only" in found[0].message
    assert "try 1, after 0.0 s" in found[0].message
    assert "503 instead of 200" in found[0].message
    assert "another page" in found[0].message


def test_a_failure_tells_how_often_was_asked_and_in_how_long(world, tmp_path):
    settle(inputs(tmp_path), world)
    with answering(lambda *_: (503, {}, b"")) as url:
        [found] = verify(inputs(tmp_path, url), "deploy", world)
    assert found.code == "health"
    assert "; asked 4 times: try 1, after 0.0 s: " in found.message


def of(tmp_path: Path, world: World, *texts: str, keep: int = 2) -> list[str]:
    """Deploys a site for each text; returns the releases."""
    made = []
    for text in texts:
        world.apply(WriteFile.of(Scratch(step="website"), "index.html", text.encode()))
        settle(inputs(tmp_path, keep=keep), world)
        made.append(str(root(tmp_path, world).served()))
    return made


def root(tmp_path: Path, world: World) -> RootReader:
    return world.root(WebRoot(path=str(tmp_path / "www")))


def test_the_oldest_releases_are_put_aside_and_the_one_before_stays(world, tmp_path):
    one, two, three = of(tmp_path, world, "one", "two", "three")
    assert list(root(tmp_path, world).releases()) == [two, three]
    assert root(tmp_path, world).retired() == {one: three}
    assert not propose(inputs(tmp_path, keep=2), "deploy", look(inputs(tmp_path, keep=2), "deploy", world))


def test_what_was_put_aside_is_dropped_by_the_next_deployment_that_names_it(world, tmp_path):
    one, two, three = of(tmp_path, world, "one", "two", "three")
    world.apply(WriteFile.of(Scratch(step="website"), "index.html", b"four"))
    given = inputs(tmp_path, keep=2)
    proposed = propose(given, "deploy", look(given, "deploy", world))
    assert [(names_of(item), item.release) for item in proposed if isinstance(item, RetireRelease)] == [
        ((one,), two)
    ]
    settle(given, world)
    assert two in root(tmp_path, world).retired()
    assert one not in root(tmp_path, world).retired()
    assert not list((tmp_path / "www").rglob(f"{one}*"))
    assert three in root(tmp_path, world).releases()


def test_what_this_deployment_put_aside_comes_back_exactly(world, tmp_path):
    of(tmp_path, world, "one", "two")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "www").rglob("*") if path.is_file()}
    world.apply(WriteFile.of(Scratch(step="website"), "index.html", b"three"))
    given = inputs(tmp_path, keep=2)
    undos = [world.apply(item) for item in propose(given, "deploy", look(given, "deploy", world))]
    assert [undo.op for undo in undos] == ["remove_release", "switch_release", "return_release"]
    for undo in reversed(undos):
        world.apply(undo)
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "www").rglob("*") if p.is_file()} == before


def test_a_run_that_goes_on_does_not_drop_what_it_put_aside_itself(world, tmp_path):
    of(tmp_path, world, "one", "two", "three", keep=5)
    world.apply(WriteFile.of(Scratch(step="website"), "index.html", b"four"))
    given = inputs(tmp_path, keep=2)
    store, switch, first, second = propose(given, "deploy", look(given, "deploy", world))
    for item in (store, switch, first):
        world.apply(item)
    [rest] = propose(given, "deploy", look(given, "deploy", world))
    assert (rest.release, rest.drops) == (second.release, ())


def test_nothing_it_does_is_irreversible():
    assert EXECUTOR.undo == "reversible"


@pytest.mark.parametrize("target", ["relative", "", "/"])
def test_a_target_that_is_no_path_of_its_own_is_refused(tmp_path, target):
    with pytest.raises(ValueError, match="target"):
        inputs(tmp_path, target=target)

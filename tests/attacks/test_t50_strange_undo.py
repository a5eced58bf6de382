"""T50: a journal is what a job told. What it calls an undo takes back what was approved, or nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.protocol.journal import Intent, JournalLine, LegStarted, Result
from executors.protocol.operation import Operation, RemoveRelease, StoreRelease, SwitchRelease, WebRoot
from executors.protocol.plan import Envelope, Planned
from executors.protocol.site import PagesBranch, PushPages, ResetPages, RetireRelease, ReturnRelease
from executors.protocol.spec import JobSpec
from executors.protocol.wire import Json
from executors.runner import Ended, run
from executors.runner.reach import strays
from executors.world import web_root
from tests.executors.legs import Told, clock, deploy, plan_of, site, spec_of, world_at


def on_air(tmp_path: Path, root: Path) -> Ended:
    ended = run(spec_of(plan_of(site(), deploy(root))), world_at(tmp_path / "first"), Told(), clock())
    assert ended.outcome == "completed", ended.error
    return ended


def told(operation: Json, undo: Json | None) -> tuple[JournalLine, ...]:
    """What a job says that it did."""
    bodies = (
        LegStarted(verb="execute"),
        Intent(step="deploy", key="deploy/1/0", operation=operation),
        Result(step="deploy", key="deploy/1/0", ok=True, undo=undo),
    )
    return tuple(JournalLine(n=n, at="2026-03-02T09:00:00Z", body=body) for n, body in enumerate(bodies, 1))


def rollback(root: Path, envelope_on: Path | None, journal: tuple[JournalLine, ...]) -> JobSpec:
    plan = plan_of(site(), deploy(root))
    if envelope_on is not None:
        seen = Planned(op="switch_release", target=f"local:{envelope_on}", count=1, undo="reversible")
        plan = plan.model_copy(update={"envelopes": (Envelope(leg="main", planned=(seen,)),)})
    return spec_of(plan, "rollback", journal)


@pytest.fixture
def neighbour(tmp_path: Path) -> Path:
    """A site of somebody else on the same machine, on the air."""
    on_air(tmp_path, tmp_path / "neighbour")
    return tmp_path / "neighbour"


def test_an_undo_that_reaches_another_place_is_not_applied(tmp_path: Path, neighbour: Path) -> None:
    release = web_root.served(neighbour)
    assert release
    mine = StoreRelease(
        at=WebRoot(path=str(tmp_path / "mine")), source={"step": "website"}, release="r", tree="0" * 64
    )
    off = SwitchRelease(at=WebRoot(path=str(neighbour)), release=None, expected=release)
    spec = rollback(tmp_path / "mine", None, told(mine.to_json(), off.to_json()))
    ended = run(spec, world_at(tmp_path / "second"), Told(), clock())
    assert web_root.served(neighbour) == release
    assert ended.outcome == "failed"
    assert "another place" in ended.residue[0]


def test_nothing_is_taken_back_where_nothing_was_approved(tmp_path: Path, neighbour: Path) -> None:
    release = web_root.served(neighbour)
    assert release
    place = WebRoot(path=str(neighbour))
    on = SwitchRelease(at=place, release=release)
    off = SwitchRelease(at=place, release=None, expected=release)
    lines = told(on.to_json(), off.to_json())
    ended = run(rollback(tmp_path / "mine", tmp_path / "mine", lines), world_at(tmp_path / "x"), Told(), clock())
    assert web_root.served(neighbour) == release
    assert "nothing was approved" in ended.residue[0]
    approved = run(rollback(tmp_path / "mine", neighbour, lines), world_at(tmp_path / "y"), Told(), clock())
    assert approved.outcome == "rolled_back", approved.error
    assert web_root.served(neighbour) is None


@pytest.mark.parametrize("undo", [{"op": "run_command", "command": "id"}, {"op": "switch_release"}, {}])
def test_an_undo_that_is_no_operation_of_ours_is_left_and_listed(tmp_path: Path, undo: Json) -> None:
    done = RemoveRelease(at=WebRoot(path=str(tmp_path / "mine")), release="r").to_json()
    spec = rollback(tmp_path / "mine", None, told(done, undo))
    ended = run(spec, world_at(tmp_path / "z"), Told(), clock())
    assert ended.outcome == "failed"
    assert "does not say" in ended.residue[0]


ROOT, PAGES = WebRoot(path="/srv/www/acme"), PagesBranch(repository="acme/website", branch="gh-pages")
STORE = StoreRelease(at=ROOT, source={"step": "website"}, release="new", tree="0" * 64)
SWITCH = SwitchRelease(at=ROOT, release="new", expected="old")
RETIRE = RetireRelease(at=ROOT, release="old", newer="new", drops=("older",))
PUSH = PushPages(at=PAGES, source={"step": "website"}, tree="0" * 64, git_tree="a" * 40, expected="b" * 40)


@pytest.mark.parametrize(
    ("undone", "undo"),
    [
        (STORE, RemoveRelease(at=ROOT, release="old")),
        (SWITCH, SwitchRelease(at=ROOT, release="older", expected="new")),
        (SWITCH, SwitchRelease(at=ROOT, release=None, expected="new")),
        (SWITCH, SwitchRelease(at=ROOT, release="old", expected="other")),
        (RETIRE, ReturnRelease(at=ROOT, release="older", newer="new")),
        (ReturnRelease(at=ROOT, release="old", newer="new"), RETIRE),
        (PUSH, ResetPages(at=PAGES, commit="c" * 40, expected="d" * 40)),
        (PUSH, ResetPages(at=PAGES, commit=None, expected="d" * 40)),
        (
            ResetPages(at=PAGES, commit="b" * 40, expected="d" * 40),
            ResetPages(at=PAGES, commit="c" * 40, expected="b" * 40),
        ),
    ],
)
def test_an_undo_of_another_release_or_to_another_commit_is_not_applied(
    undone: Operation, undo: Operation
) -> None:
    assert "does not take it back" in str(strays(spec_of(plan_of(site())), undo, undone))


@pytest.mark.parametrize(
    ("undone", "undo"),
    [
        (STORE, RemoveRelease(at=ROOT, release="new")),
        (SWITCH, SwitchRelease(at=ROOT, release="old", expected="new")),
        (RETIRE, ReturnRelease(at=ROOT, release="old", newer="new")),
    ],
)
def test_what_an_operation_itself_names_as_its_undo_is(undone: Operation, undo: Operation) -> None:
    assert strays(spec_of(plan_of(site())), undo, undone) is None

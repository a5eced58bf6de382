"""A web root over a real sshd: stored whole, switched at once, taken back exactly, settled by looking."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.errors import WorldError
from executors.protocol.operation import RemoveRelease, SwitchRelease
from executors.protocol.site import RetireRelease, ReturnRelease
from executors.world.secrets import Secrets
from executors.world.ssh.scripts import forced
from tests.executors.world.ssh.conftest import Deployer, deployer, tree
from tests.sshd import Machine, make_key


def test_a_release_is_there_whole_and_served_and_goes_as_it_came(us: Deployer) -> None:
    us.deploys("r-1", "<h1>one</h1>")
    assert (us.there / "current" / "index.html").read_text() == "<h1>one</h1>"
    before = tree(us.there)
    undos = us.deploys("r-2", "<h1>two</h1>")
    assert (us.there / "current" / "index.html").read_text() == "<h1>two</h1>"
    assert [undo.op for undo in undos] == ["remove_release", "switch_release"]
    for undo in reversed(undos):
        us.world.apply(undo)
    assert tree(us.there) == before


def test_the_first_release_leaves_an_empty_root_of_ours_when_it_is_taken_back(us: Deployer) -> None:
    for undo in reversed(us.deploys("r-1", "<h1>one</h1>")):
        us.world.apply(undo)
    assert list(tree(us.there)) == [".millwright/root"]


def test_what_is_there_is_looked_at_with_the_digests_of_the_files_themselves(us: Deployer) -> None:
    us.deploys("r-1", "one")
    us.deploys("r-0", "two")
    tree_of_two = us.builds()
    seen = us.world.root(us.at)
    assert list(seen.releases()) == ["r-1", "r-0"]
    assert (seen.releases()["r-0"], seen.served()) == (tree_of_two, "r-0")
    (us.there / "releases" / "r-0" / "index.html").write_text("changed by somebody")
    assert us.world.root(us.at).releases()["r-0"] != tree_of_two


def test_applying_it_again_does_nothing_and_says_so(us: Deployer) -> None:
    us.deploys("r-1", "one")
    before = tree(us.there)
    assert us.world.apply(us.stores("r-1", "one")) is None
    assert us.world.apply(SwitchRelease(at=us.at, release="r-1", expected=None)) is None
    assert us.world.apply(RemoveRelease(at=us.at, release="r-9")) is None
    assert tree(us.there) == before


def test_equal_files_are_linked_and_sent_once(us: Deployer) -> None:
    us.builds(big_bin="x" * 100_000)
    us.deploys("r-1", "one")
    us.deploys("r-2", "two")
    one, two = (us.there / "releases" / name for name in ("r-1", "r-2"))
    assert (one / "big.bin").samefile(two / "big.bin")
    assert not (one / "index.html").samefile(two / "index.html")


def test_another_release_that_is_served_by_now_is_left_alone(us: Deployer) -> None:
    us.deploys("r-1", "one")
    us.deploys("r-2", "two")
    with pytest.raises(WorldError, match=r"serves r-2 by now, not r-1; plan again"):
        us.world.apply(SwitchRelease(at=us.at, release=None, expected="r-1"))
    assert us.world.root(us.at).served() == "r-2"


def test_a_release_that_is_served_or_is_not_ours_is_not_removed(us: Deployer) -> None:
    us.deploys("r-1", "one")
    with pytest.raises(WorldError, match="is being served"):
        us.world.apply(RemoveRelease(at=us.at, release="r-1"))
    (us.there / "releases" / "theirs").mkdir()
    with pytest.raises(WorldError, match="not stored by us"):
        us.world.apply(RemoveRelease(at=us.at, release="theirs"))
    assert (us.there / "releases" / "theirs").is_dir()


def test_a_folder_with_files_of_others_is_not_touched(us: Deployer) -> None:
    us.there.mkdir()
    (us.there / "index.html").write_text("theirs")
    with pytest.raises(WorldError, match="holds files that are not ours; name an empty or a new folder"):
        us.world.apply(us.stores("r-1", "one"))
    assert tree(us.there) == {"index.html": b"theirs"}


@pytest.mark.parametrize("inner", ["", "releases", ".millwright", "releases/r-2.part"])
def test_a_link_in_a_folders_place_is_followed_nowhere(us: Deployer, tmp_path: Path, inner: str) -> None:
    us.deploys("r-1", "one")
    elsewhere = tmp_path / "elsewhere"
    place = us.there / inner if inner else us.there
    if place.exists():
        place.rename(elsewhere)
    else:
        elsewhere.mkdir()
    place.symlink_to(elsewhere)
    before = tree(elsewhere)
    with pytest.raises(WorldError, match="is a link"):
        us.world.apply(us.stores("r-2", "two"))
    assert tree(elsewhere) == before


def test_the_oldest_is_put_aside_comes_back_and_goes_for_good_later(us: Deployer) -> None:
    for name in ("r-1", "r-2", "r-3"):
        us.deploys(name, name)
    before = tree(us.there)
    retire = RetireRelease(at=us.at, release="r-1", newer="r-3")
    undo = us.world.apply(retire)
    assert undo == ReturnRelease(at=us.at, release="r-1", newer="r-3")
    assert us.world.root(us.at).retired() == {"r-1": "r-3"}
    assert us.world.settle(retire) == (True, undo)
    us.world.apply(undo)
    assert tree(us.there) == before
    us.world.apply(retire)
    us.deploys("r-4", "four")
    us.world.apply(RetireRelease(at=us.at, release="r-2", newer="r-4", drops=("r-1",)))
    assert us.world.root(us.at).retired() == {"r-2": "r-4"}
    assert not [name for name in tree(us.there) if "r-1" in name]
    with pytest.raises(WorldError, match="dropped by a later deployment"):
        us.world.apply(undo)


def test_what_nobody_knows_the_end_of_is_settled_by_looking(us: Deployer, tmp_path: Path, target: Machine) -> None:
    store = us.stores("r-1", "one")
    switch = SwitchRelease(at=us.at, release="r-1", expected=None)
    assert us.world.settle(store) == (False, None)
    us.world.apply(store)
    assert us.world.settle(store) == (True, RemoveRelease(at=us.at, release="r-1"))
    assert us.world.settle(switch) == (False, None)
    us.world.apply(switch)
    assert us.world.settle(switch) == (True, SwitchRelease(at=us.at, release=None, expected="r-1"))
    stranger = deployer(tmp_path / "other", us.at, target.secrets())
    assert stranger.world.root(us.at).served() == "r-1"


def test_a_key_with_the_forced_command_looks_and_does_nothing_else(
    us: Deployer, target: Machine, tmp_path: Path
) -> None:
    us.deploys("r-1", "one")
    public = make_key(tmp_path / "reader")
    target.admit(public, forced(us.at.path))
    reader = deployer(tmp_path / "read", us.at, target.secrets((tmp_path / "reader").read_text()))
    assert reader.world.root(us.at).served() == "r-1"
    assert reader.world.root(us.at).releases() == us.world.root(us.at).releases()
    before = tree(us.there)
    for operation in (
        reader.stores("r-2", "two"),
        SwitchRelease(at=us.at, release=None, expected="r-1"),
        RemoveRelease(at=us.at, release="r-1"),
    ):
        with pytest.raises(WorldError, match="the key SITE_KEY may only look there"):
            reader.world.apply(operation)
    assert tree(us.there) == before


def test_whether_there_is_room_is_looked_at_and_nothing_is_made(us: Deployer) -> None:
    room = us.world.room(us.at)
    assert (room.whose, room.writable, room.lacks) == ("new", True, ())
    assert (room.free or 0) > 0
    assert room.tools[0].startswith("rsync ")
    assert not us.there.exists()
    us.deploys("r-1", "one")
    assert us.world.room(us.at).whose == "ours"


def test_a_folder_of_others_is_told_by_looking(us: Deployer) -> None:
    us.there.mkdir(parents=True)
    (us.there / "somebodys.html").touch()
    assert us.world.room(us.at).whose == "foreign"


def test_of_a_key_that_may_only_look_nobody_knows_the_room(us: Deployer, tmp_path: Path, target: Machine) -> None:
    target.admit(make_key(tmp_path / "reader"), forced(us.at.path))
    reader = deployer(tmp_path / "read", us.at, target.secrets((tmp_path / "reader").read_text()))
    room = reader.world.room(us.at)
    assert (room.free, room.writable, room.whose) == (None, None, None)
    assert "may only look" in room.why


def test_the_host_must_be_one_that_the_plan_names(us: Deployer) -> None:
    from executors.world.world import World

    with pytest.raises(WorldError, match=r"does not name the host 127\.0\.0\.1:"):
        World(us.world.work, "case/leg", ("127.0.0.1",), secrets=Secrets((), {})).root(us.at)

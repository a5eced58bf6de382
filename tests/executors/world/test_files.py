"""Build folders and web roots: nothing leads outside, nothing is half there, nothing foreign is touched."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from executors.errors import WorldError
from executors.parts.tree import tree_digest
from executors.protocol.operation import (
    OPERATION,
    UNDO_CLASS,
    RemoveFile,
    RemoveRelease,
    Scratch,
    StoreRelease,
    SwitchRelease,
    WebRoot,
    WriteFile,
    for_journal,
)
from executors.world import files, web_root
from executors.world.world import World

AT = Scratch(step="site")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work", "case/leg")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "www"


def built(world: World, text: str) -> str:
    """Build a site of one page; returns its tree digest."""
    world.apply(WriteFile.of(AT, "index.html", text.encode()))
    return tree_digest(world.files(AT))


def stored(world: World, root: Path, text: str) -> str:
    """Build and store a site; returns its release."""
    tree = built(world, text)
    release = f"r-{tree[:20]}"
    world.apply(StoreRelease(at=WebRoot(path=str(root)), source=AT, release=release, tree=tree))
    return release


def switch(root: Path, release: str | None, expected: str | None) -> SwitchRelease:
    return SwitchRelease(at=WebRoot(path=str(root)), release=release, expected=expected)


def test_every_operation_has_an_undo_class_and_a_place_in_the_world():
    kinds = set(OPERATION.json_schema()["discriminator"]["mapping"])
    assert kinds == set(UNDO_CLASS)


def test_writing_is_taken_back_by_removing_and_overwriting_by_the_former_content(world):
    first = world.apply(WriteFile.of(AT, "a/b.txt", b"one"))
    assert first == RemoveFile(at=AT, path="a/b.txt")
    second = world.apply(WriteFile.of(AT, "a/b.txt", b"two"))
    world.apply(second)
    assert world.file(AT, "a/b.txt") == b"one"
    world.apply(first)
    assert world.files(AT) == {}


def test_an_undo_that_was_read_from_the_journal_finds_the_former_content(world):
    world.apply(WriteFile.of(AT, "a.txt", b"one"))
    undo = world.apply(WriteFile.of(AT, "a.txt", b"two"))
    replayed = OPERATION.validate_python(for_journal(undo))
    assert replayed.content is None
    world.apply(replayed)
    assert world.file(AT, "a.txt") == b"one"


def test_applying_twice_changes_nothing_and_says_so(world, root):
    write = WriteFile.of(AT, "index.html", b"x")
    world.apply(write)
    assert world.apply(write) is None
    release = stored(world, root, "x")
    tree = tree_digest(world.files(AT))
    again = StoreRelease(at=WebRoot(path=str(root)), source=AT, release=release, tree=tree)
    assert world.apply(again) is None
    assert world.apply(switch(root, release, None)) is not None
    assert world.apply(switch(root, release, None)) is None
    assert world.apply(RemoveFile(at=AT, path="never.txt")) is None


def test_content_that_is_not_what_was_proposed_is_not_written(world):
    write = WriteFile.of(AT, "a.txt", b"one").model_copy(update={"sha256": "0" * 64})
    with pytest.raises(WorldError, match="not the one that was proposed"):
        world.apply(write)
    assert world.files(AT) == {}


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "a/../../x", "a//b", "a\0b", "C:\\x", "con", ".git/config", "a/./b", "x\ny"]
)
def test_a_path_that_leads_outside_is_refused(world, tmp_path, path):
    with pytest.raises(WorldError):
        files.write(world.folder(AT), path, b"x")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_no_link_is_followed_neither_as_file_nor_as_folder(world, tmp_path):
    folder, outside = world.folder(AT), tmp_path / "outside"
    folder.mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.txt").write_text("kept")
    (folder / "link").symlink_to(outside)
    (folder / "file.txt").symlink_to(outside / "secret.txt")
    for path in ("link/new.txt", "file.txt"):
        with pytest.raises(WorldError):
            world.apply(WriteFile.of(AT, path, b"x"))
    with pytest.raises(WorldError, match="link"):
        world.files(AT)
    assert (outside / "secret.txt").read_text() == "kept"
    assert len(list(outside.iterdir())) == 1


def test_a_site_goes_on_the_air_and_comes_back_off(world, root):
    first = stored(world, root, "one")
    undo_first = world.apply(switch(root, first, None))
    second = stored(world, root, "two")
    undo_second = world.apply(switch(root, second, first))
    assert (root / "current" / "index.html").read_text() == "two"
    world.apply(undo_second)
    assert (root / "current" / "index.html").read_text() == "one"
    world.apply(undo_first)
    assert web_root.served(root) is None
    assert not (root / "current").exists()


def test_a_reader_never_sees_a_site_that_is_half_there(world, root):
    one, two = stored(world, root, "one" * 1000), stored(world, root, "two" * 1000)
    world.apply(switch(root, one, None))
    seen: set[bytes] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add((root / "current" / "index.html").read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(100):
        world.apply(switch(root, two, one))
        world.apply(switch(root, one, two))
    stop.set()
    reader.join()
    assert seen <= {b"one" * 1000, b"two" * 1000}


def test_a_switch_refuses_where_somebody_else_has_switched(world, root):
    one, two = stored(world, root, "one"), stored(world, root, "two")
    world.apply(switch(root, one, None))
    with pytest.raises(WorldError, match="plan again"):
        world.apply(switch(root, two, None))
    assert web_root.served(root) == one


def test_what_is_served_is_not_removed(world, root):
    one = stored(world, root, "one")
    world.apply(switch(root, one, None))
    with pytest.raises(WorldError, match="being served"):
        world.apply(RemoveRelease(at=WebRoot(path=str(root)), release=one))


def test_a_release_that_we_did_not_store_is_neither_counted_nor_served_nor_removed(world, root):
    stored(world, root, "one")
    (root / "releases" / "theirs").mkdir()
    (root / "releases" / "theirs" / "index.html").write_text("theirs")
    assert "theirs" not in web_root.releases(root)
    with pytest.raises(WorldError, match="not stored by us"):
        world.apply(RemoveRelease(at=WebRoot(path=str(root)), release="theirs"))
    with pytest.raises(WorldError, match="no release theirs of ours"):
        world.apply(switch(root, "theirs", None))
    assert (root / "releases" / "theirs" / "index.html").exists()


def test_a_folder_with_files_that_are_not_ours_is_no_web_root(world, root):
    root.mkdir()
    (root / "index.php").write_text("theirs")
    with pytest.raises(WorldError, match="not ours"):
        stored(world, root, "one")
    assert [path.name for path in root.iterdir()] == ["index.php"]


@pytest.mark.parametrize("inner", ["", "releases", ".millwright"])
def test_a_web_root_that_is_a_link_or_holds_one_is_refused(world, root, tmp_path, inner):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if inner:
        root.mkdir()
    (root / inner if inner else root).symlink_to(elsewhere)
    with pytest.raises(WorldError, match="link"):
        stored(world, root, "one")
    assert list(elsewhere.iterdir()) == []


def test_current_that_points_elsewhere_is_left_alone(world, root, tmp_path):
    one = stored(world, root, "one")
    (root / "current").symlink_to(tmp_path)
    with pytest.raises(WorldError, match="put it right by hand"):
        world.apply(switch(root, one, None))
    assert (root / "current").readlink() == tmp_path


def test_a_build_folder_that_changed_since_the_look_is_not_stored(world, root):
    tree = built(world, "one")
    built(world, "two")
    with pytest.raises(WorldError, match="not the one that was looked at"):
        world.apply(StoreRelease(at=WebRoot(path=str(root)), source=AT, release="r-1", tree=tree))
    assert web_root.releases(root) == {}
    assert list((root / "releases").iterdir()) == []


def test_a_release_that_was_tampered_with_is_seen(world, root):
    one = stored(world, root, "one")
    before = web_root.releases(root)[one]
    (root / "releases" / one / "index.html").write_text("tampered")
    assert web_root.releases(root)[one] != before


def test_settling_tells_what_took_effect_and_what_takes_it_back(world, root):
    tree = built(world, "one")
    store = StoreRelease(at=WebRoot(path=str(root)), source=AT, release="r-1", tree=tree)
    assert world.settle(store) == (False, None)
    undo = world.apply(store)
    assert world.settle(store) == (True, undo)
    assert World(world.work, "another/leg").settle(store) == (False, None)
    on = switch(root, "r-1", None)
    assert world.settle(on) == (False, None)
    undo = world.apply(on)
    assert world.settle(on) == (True, undo)

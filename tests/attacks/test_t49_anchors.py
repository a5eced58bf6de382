"""Who may write to the operations repository can break an anchor, and take it away; they cannot make one (T49)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence

import pytest

from bot.adapters.keys import SigningKeys
from bot.domain.anchor import ANCHOR_TYPE, blobs_of, covered, git_sha, name_of, ref_of, sealed, span_of, text_of
from bot.domain.anchored import Anchored, Distrusted, FoundRun, Place, believed, unknown_runs
from bot.domain.ledger import Entry, Line, chain
from bot.domain.ring import compromised, fresh, rotated
from executors.protocol.canonical import canonical
from tests.bot.decide.people import BOSS, OPS, REPO, START
from tests.bot.decide.scene import Scene

KEYS = SigningKeys(fresh(os.urandom(32), os.urandom(32), START))
TRUSTED = [KEYS.ring.active.public]
HERE = Place(OPS.id, REPO.installation)
Files = dict[str, bytes]


def segment(key: str, lines: Sequence[Line], keys: SigningKeys = KEYS) -> Files:
    """A segment as the bot commits it."""
    name = name_of(lines[0].n, lines[-1].n)
    envelope, _ = keys.sign(sealed(key, lines), ANCHOR_TYPE)
    return {f"{name}.jsonl": text_of(lines), f"{name}.dsse.json": canonical(envelope)}


def blobs(scene: Scene) -> Files:
    wanted = blobs_of(scene.case, scene.lines)
    return {f"blobs/{digest}": scene.blobs[digest] for digest in wanted if digest in scene.blobs}


def approved() -> tuple[Scene, int]:
    """A case whose run was started, and the number of lines that were anchored before."""
    scene = Scene()
    scene.opens()
    scene.previews()
    first = len(scene.lines)
    scene.says(BOSS, f"/approve {scene.token}")
    return scene, first


def anchored(scene: Scene, first: int, keys: SigningKeys = KEYS) -> Files:
    """Two segments, and the blobs."""
    lines = scene.lines
    return segment(scene.key, lines[:first], keys) | segment(scene.key, lines[first:], keys) | blobs(scene)


def judged(scene: Scene, files: Files, place: Place = HERE) -> Anchored | Distrusted:
    return believed(ref_of(scene.key), files, TRUSTED, place)


def test_what_the_bot_signed_is_believed_with_its_names_and_blobs() -> None:
    scene, first = approved()
    found = judged(scene, anchored(scene, first))
    assert isinstance(found, Anchored), found
    assert [(line.raw, line.entry.alias) for line in found.lines] == [
        (line.raw, line.entry.alias) for line in scene.lines
    ]
    assert found.case.plan == scene.case.plan is not None
    assert found.case.approvals == scene.case.approvals
    assert found.case.head == scene.case.head


def flipped(files: Files, first: int, scene: Scene) -> Files:
    return {path: data.replace(b'"approval.given"', b'"approval.taken"') for path, data in files.items()}


def cut(files: Files, first: int, scene: Scene) -> Files:
    name = f"{name_of(1, first)}.jsonl"
    return files | {name: b"".join(files[name].splitlines(keepends=True)[:-1])}


def with_something_after_it(files: Files, first: int, scene: Scene) -> Files:
    name = f"{name_of(1, first)}.jsonl"
    return files | {name: files[name] + b"not a line"}


def reordered(files: Files, first: int, scene: Scene) -> Files:
    name = f"{name_of(1, first)}.jsonl"
    one, two, *rest = files[name].splitlines(keepends=True)
    return files | {name: b"".join([two, one, *rest])}


def without_the_beginning(files: Files, first: int, scene: Scene) -> Files:
    return {path: data for path, data in files.items() if not path.startswith(name_of(1, first))}


def unsigned(files: Files, first: int, scene: Scene) -> Files:
    return {path: data for path, data in files.items() if not path.endswith(".dsse.json")}


def under_another_name(files: Files, first: int, scene: Scene) -> Files:
    """The second segment as if it were the next lines after a longer first one."""
    old, new = name_of(first + 1, len(scene.lines)), name_of(first + 1, len(scene.lines) + 3)
    return {path.replace(old, new): data for path, data in files.items()}


def twice(files: Files, first: int, scene: Scene) -> Files:
    return files | segment(scene.key, scene.lines)


def signed_by_a_stranger(files: Files, first: int, scene: Scene) -> Files:
    stranger = SigningKeys(fresh(os.urandom(32), os.urandom(32), START))
    return anchored(scene, first, stranger)


def signed_as_something_else(files: Files, first: int, scene: Scene) -> Files:
    """What the bot signed for another purpose: a spec, a pack."""
    envelope, _ = KEYS.sign(sealed(scene.key, scene.lines[:first]), "application/vnd.millwright.spec.v1+json")
    return files | {f"{name_of(1, first)}.dsse.json": canonical(envelope)}


def with_an_approval_of_ones_own(files: Files, first: int, scene: Scene) -> Files:
    """A further line, rightly chained, under the signature of the lines before."""
    more = chain([Entry("approval.given", {}, BOSS)], scene.lines[-1], START)
    name = name_of(first + 1, len(scene.lines))
    return files | {f"{name}.jsonl": files[f"{name}.jsonl"] + text_of(more)}


def of_another_case(files: Files, first: int, scene: Scene) -> Files:
    other = Scene()
    other.opens()
    other.previews()
    return segment("case:101:I_2", other.lines) | blobs(other)


def with_a_tail_of_another_case(files: Files, first: int, scene: Scene) -> Files:
    kept = {
        path: data for path, data in files.items() if not path.startswith(name_of(first + 1, len(scene.lines)))
    }
    return kept | segment("case:101:I_2", scene.lines[first:])


def with_a_tail_of_another_history(files: Files, first: int, scene: Scene) -> Files:
    """Signed by the bot, of this case, from before a backup was restored: it does not follow these lines."""
    other = chain([Entry("x", {"n": n}) for n in range(first)], None, START)
    tail = chain([Entry("approval.given", {}, BOSS)], other[-1], START)
    kept = {
        path: data for path, data in files.items() if not path.startswith(name_of(first + 1, len(scene.lines)))
    }
    return kept | segment(scene.key, tail)


@pytest.mark.parametrize(
    "attack",
    [
        flipped,
        cut,
        with_something_after_it,
        reordered,
        without_the_beginning,
        unsigned,
        under_another_name,
        twice,
        signed_by_a_stranger,
        signed_as_something_else,
        with_an_approval_of_ones_own,
        of_another_case,
        with_a_tail_of_another_case,
        with_a_tail_of_another_history,
    ],
)
def test_an_anchor_that_somebody_else_wrote_is_not_believed(attack: Callable[[Files, int, Scene], Files]) -> None:
    scene, first = approved()
    found = judged(scene, attack(anchored(scene, first), first, scene))
    assert isinstance(found, Distrusted), attack.__name__
    assert found.why


def test_an_anchor_that_was_copied_to_another_organisation_opens_nothing_there() -> None:
    scene, first = approved()
    found = judged(scene, anchored(scene, first), Place(OPS.id + 1, REPO.installation))
    assert isinstance(found, Distrusted)
    assert "copied" in found.why
    erased = {path: data for path, data in anchored(scene, first).items() if not path.startswith("blobs/")}
    assert isinstance(judged(scene, erased, Place(OPS.id + 1, REPO.installation + 1)), Distrusted)


def test_a_key_that_was_retired_vouches_and_one_that_was_stolen_does_not() -> None:
    scene, first = approved()
    files = anchored(scene, first)
    ring = rotated(KEYS.ring, os.urandom(32), START.replace(year=START.year + 1))
    assert isinstance(believed(ref_of(scene.key), files, [key.public for key in ring.keys], HERE), Anchored)
    stolen = compromised(ring, KEYS.fingerprint, START.replace(year=START.year + 2), os.urandom(32))
    left = [key.public for key in stolen.keys if key.state != "compromised"]
    assert isinstance(believed(ref_of(scene.key), files, left, HERE), Distrusted)


def test_a_blob_that_is_not_what_its_name_says_is_as_if_it_were_not_there() -> None:
    scene, first = approved()
    files = {path: b"{}" if path.startswith("blobs/") else data for path, data in anchored(scene, first).items()}
    found = judged(scene, files)
    assert isinstance(found, Anchored)
    assert found.case.plan is None, "without its plan nothing of it can be begun"
    assert found.blobs == ()


def test_an_older_anchor_is_well_signed_and_the_runs_that_were_started_since_give_it_away() -> None:
    scene, first = approved()
    older = segment(scene.key, scene.lines[:first]) | blobs(scene)
    found = judged(scene, older)
    assert isinstance(found, Anchored), "nothing in it tells that there was more"
    assert found.case.approvals == ()
    run = scene.case.run
    assert run is not None
    started = FoundRun(scene.key, run.nonce, 42, "https://github.com/acme/ops/actions/runs/42")
    assert unknown_runs(found.case, [started]) == (started,)
    newest = judged(scene, anchored(scene, first))
    assert isinstance(newest, Anchored)
    assert unknown_runs(newest.case, [started]) == ()
    elsewhere = FoundRun("case:101:I_2", "f" * 32, 43, started.url)
    assert unknown_runs(newest.case, [elsewhere]) == ()


def test_before_it_anchors_again_the_bot_sees_what_the_ref_holds_and_mends_it() -> None:
    scene, first = approved()
    files = anchored(scene, first)
    named = {path: git_sha(data) for path, data in files.items()}
    assert covered(named, scene.lines) == len(scene.lines)
    older = {path: sha for path, sha in named.items() if not path.startswith(name_of(first + 1, len(scene.lines)))}
    assert covered(older, scene.lines) == first, "it goes on from there"
    for attack in (flipped, cut, reordered, without_the_beginning, unsigned, under_another_name, twice):
        hostile = {path: git_sha(data) for path, data in attack(files, first, scene).items()}
        assert covered(hostile, scene.lines) == 0, f"{attack.__name__}: it is written anew"


def test_gits_name_of_a_blob_is_gits() -> None:
    assert git_sha(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert git_sha(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


@pytest.mark.parametrize(
    "path", ["segments/1-2.jsonl", "segments/00000001-00000002.json", "x/segments/00000001-00000002.jsonl"]
)
def test_only_a_segments_own_name_is_one(path: str) -> None:
    assert span_of(path) is None


def test_every_case_has_a_ref_that_git_takes_and_no_two_share_one() -> None:
    assert ref_of("case:101:I_kwDOAAApuScf") == "refs/millwright/101/I_kwDOAAApuScf"
    strange = {ref_of(f"case:101:{node}") for node in ("a/b", "a..b", "a=", "MDU6SXNzdWUx==", "x" * 101, "")}
    assert len(strange) == 6
    assert all(one.startswith("refs/millwright/101/sha256-") for one in strange)
    assert hashlib.sha256(b"a/b").hexdigest() in " ".join(strange)

"""Versions of a template side by side: the current one in its folder, older ones whole in one file each."""

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from executors.render.registry import REGISTRY, Altered, Registry, UnknownTemplate, freeze, name_of, thaw

ID = "corporate_site_v1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One template with the shared groups, its version frozen as it is released, then changed to 9.0.0."""
    with as_file(files("templates") / "website") as shipped:
        for name in (ID, "shared"):
            shutil.copytree(shipped / name, tmp_path / name)
    before = Registry(tmp_path).current(ID)
    released = tmp_path / "released"
    released.mkdir(exist_ok=True)
    (released / f"{name_of(before)}.json").write_bytes(freeze(before))
    (released / "digests.json").write_text(json.dumps({name_of(before): before.digest}), "utf-8")
    manifest = tmp_path / ID / "template.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace(f"version: {before.manifest.version}", "version: 9.0.0"), "utf-8")
    return tmp_path


def test_nothing_that_was_released_is_altered() -> None:
    assert list(REGISTRY.broken()) == []


def test_a_frozen_template_thaws_to_the_same_digest_and_bytes() -> None:
    before = REGISTRY.current(ID)
    after = thaw(freeze(before))
    assert (after.digest, after.manifest, dict(after.sources)) == (
        before.digest, before.manifest, dict(before.sources)
    )  # fmt: skip
    assert after.texts == before.texts


def test_an_older_version_stays_beside_the_new_one_and_is_found_by_name_and_by_digest(root: Path) -> None:
    registry, old = Registry(root), REGISTRY.current(ID)
    now = registry.current(ID)
    assert list(registry.names()) == [name_of(old), f"{ID}@9.0.0"]
    assert registry.find(ID).digest == now.digest != old.digest
    assert registry.find(name_of(old)).digest == old.digest
    assert registry.find(ID, old.digest).digest == old.digest, "what was approved is found after an upgrade"
    assert registry.find(ID, now.digest).digest == registry.find(f"{ID}@9.0.0").digest == now.digest
    assert registry.find(ID, "0" * 64).digest == now.digest, "the caller sees that it is another"


def test_a_released_version_does_not_change_when_a_shared_group_does(root: Path) -> None:
    sheet = root / "shared" / "base" / "styles.css"
    sheet.write_text(sheet.read_text("utf-8") + "\n.more { color: #112233; }\n", "utf-8")
    old = REGISTRY.current(ID)
    assert Registry(root).find(name_of(old)).digest == old.digest


def test_an_unknown_version_is_refused_with_the_list(root: Path) -> None:
    with pytest.raises(UnknownTemplate, match=rf"there are .*{ID}@9\.0\.0"):
        Registry(root).find(f"{ID}@7.0.0")


def test_other_bytes_under_a_released_number_are_found(root: Path) -> None:
    manifest, old = root / ID / "template.yaml", name_of(REGISTRY.current(ID))
    text = manifest.read_text("utf-8").replace("version: 9.0.0", f"version: {old.partition('@')[2]}")
    manifest.write_text(
        text + "tags: []\n" if "tags:" not in text else text.replace("tags: [", "tags: [new, "), "utf-8"
    )
    [fault] = Registry(root).broken()
    assert fault == f"{old} was released with other bytes: give {ID} a new version number"


def test_an_altered_file_of_a_released_version_is_not_rendered(root: Path) -> None:
    old = name_of(REGISTRY.current(ID))
    place = root / "released" / f"{old}.json"
    place.write_text(place.read_text("utf-8").replace("</main>", "<i></i></main>"), "utf-8")
    with pytest.raises(Altered, match="released was"):
        Registry(root).find(old)
    place.unlink()
    assert [line for line in Registry(root).broken() if "restore it" in line]

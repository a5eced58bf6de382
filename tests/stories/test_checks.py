"""A check of the organisation's own looks at the built website; only where it says yes is anything published."""

from __future__ import annotations

import io
import json
import zipfile

from bot.cli.demo.scene import Scene
from tests.stories.words import open_issue, planned, says, state, sticky
from tests.stories.world import change_policy, page, runs, served

SCRIPT = "checks/links.py"
POLICY = f"""
checks:
  - name: links
    run: [python3, {SCRIPT}, site]
    files: [{SCRIPT}]
    outputs: ["report.json"]
"""
STEP = "steps/step_1_check_foreign/files"
"""Where the evidence pack holds what the check left."""
YES = """\
import json, pathlib, sys
pages = sorted(str(path) for path in pathlib.Path(sys.argv[1]).rglob("*.html"))
pathlib.Path("report.json").write_text(json.dumps(pages))
print(len(pages), "pages looked at")
sys.exit(0 if any("Acme" in pathlib.Path(path).read_text() for path in pages) else 1)
"""
NO = """\
print("::error::nobody reads this as a command")
print("page 1 is fine")
print("@anna fixes #1: <b>index.html</b> leads to `nowhere`")
raise SystemExit(7)
"""


async def with_check(scene: Scene, script: str) -> None:
    """The organisation adds a check to its policy and its script to the product repository."""
    await scene.cast.olga.push(scene.cast.product, {SCRIPT: script}, message="Check links")
    await change_policy(scene, POLICY)


def kept(scene: Scene, name: str) -> dict[str, bytes]:
    """The files of the newest release asset of that name."""
    releases = [one for _, one in sorted(scene.cast.product.repository.releases.items())]
    assets = [asset for release in releases for asset in release.assets.values() if asset.name.startswith(name)]
    with zipfile.ZipFile(io.BytesIO(assets[-1].content)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def ended(scene: Scene) -> list[list[tuple[str, str | None]]]:
    """Of each run the jobs that were not skipped, with how they ended."""
    return [[(job.key, job.conclusion) for job in run.jobs if job.conclusion != "skipped"] for run in runs(scene)]


async def test_a_check_that_says_yes_lets_the_site_go_on_the_air(scene: Scene) -> None:
    await with_check(scene, YES)
    number, line = await planned(scene)
    shown = await sticky(scene, number)
    assert "check-links" in shown
    assert "code of yours" in shown
    assert [[job for job, _ in jobs] for jobs in ended(scene)] == [["admit", "execute"]], (
        "no check before approval"
    )

    await says(scene, scene.cast.bert, number, line)
    logs = "\n".join(f"{job.key}: {text}" for run in runs(scene) for job in run.jobs for text in job.log[-30:])
    assert await state(scene, number) == "completed", logs + await sticky(scene, number)
    assert "Acme Consulting" in page(scene)
    checked, published = ended(scene)[1:]
    assert checked == [("admit", "success"), ("build", "success"), ("report", "success")]
    assert published == [("admit", "success"), ("execute", "success")]

    pack = kept(scene, "evidence_pack")
    assert json.loads(pack[f"{STEP}/result.json"])["exit_code"] == 0
    assert "site/index.html" in json.loads(pack[f"{STEP}/files/report.json"])
    assert b"pages looked at" in pack[f"{STEP}/output.txt"]


async def test_a_check_that_says_no_keeps_everything_as_it_is_and_its_last_lines_are_shown(scene: Scene) -> None:
    await with_check(scene, NO)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)

    assert await state(scene, number) == "failed"
    assert served(scene) is None
    assert page(scene) == ""
    assert ended(scene)[1:] == [[("admit", "success"), ("build", "success"), ("report", "failure")]]
    shown = await sticky(scene, number)
    assert "check links ended with exit code 7" in shown.replace("&#45;", "-")
    block = shown[shown.index("```") :]
    assert "@anna fixes #1: <b>index.html</b> leads to `nowhere`" in block[: block.index("\n```")]
    assert "<b>" not in shown[: shown.index("```")]
    pack = kept(scene, "evidence_pack")
    assert json.loads(pack[f"{STEP}/result.json"])["exit_code"] == 7
    assert b"leads to `nowhere`" in pack[f"{STEP}/output.txt"]


async def test_a_check_whose_file_is_not_there_is_said_before_anything_is_planned(scene: Scene) -> None:
    await change_policy(scene, POLICY)
    number = await open_issue(scene)
    assert await state(scene, number) == "draft"
    assert f"{SCRIPT} is not on the default branch" in (await sticky(scene, number)).replace("&#95;", "_")
    assert runs(scene) == []


async def test_a_file_that_changes_after_the_approval_is_not_run(scene: Scene) -> None:
    await with_check(scene, YES)
    number, line = await planned(scene)
    await scene.cast.olga.push(scene.cast.product, {SCRIPT: "print('something else')"}, message="Later")
    await says(scene, scene.cast.bert, number, line)
    assert served(scene) is None
    assert ended(scene)[1:] == [[("admit", "failure")]]
    assert any("not the approved" in text for text in runs(scene)[-1].job("admit").log)

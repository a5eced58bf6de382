"""Artifacts follow the rules of upload-artifact v4 and are handed out as GitHub does."""

import hashlib
import io
import zipfile

import pytest

from bot.sandbox.actions.model import Run

from .scene import UPLOAD, Scene


def jobs(paths: str, **inputs: str) -> str:
    given = "".join(f"\n          {name}: {value}" for name, value in inputs.items())
    return f"""
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: |
          cd "$RUNNER_TEMP" && mkdir -p out/sub out/.git && echo 1 > out/a.txt && echo 2 > out/sub/b.json
          echo 3 > out/.secret && echo 4 > out/.git/config && echo 5 > alone.txt
      - id: up
        uses: {UPLOAD}
        with:
          name: bundle
          path: |
            {paths}{given}
      - run: echo "id=${{{{ steps.up.outputs.artifact-id }}}} digest=${{{{ steps.up.outputs.artifact-digest }}}}"
"""


async def names(scene: Scene, run: Run) -> list[str]:
    (made,) = scene.sandbox.actions.storage.of(run)
    return sorted(zipfile.ZipFile(io.BytesIO(made.content)).namelist())


OUT = "${{ runner.temp }}/out"


async def test_a_folder_is_uploaded_without_its_dotfiles(both: Scene) -> None:
    run = await both.run(jobs(OUT))
    assert run.conclusion == "success", run.job("one").log
    assert await names(both, run) == ["a.txt", "sub/b.json"]
    (made,) = both.sandbox.actions.storage.of(run)
    assert f"id={made.id} digest={made.digest}" in run.job("one").log


async def test_dotfiles_go_in_when_asked_for(scene: Scene) -> None:
    run = await scene.run(jobs(OUT, **{"include-hidden-files": "true"}))
    assert await names(scene, run) == [".git/config", ".secret", "a.txt", "sub/b.json"]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (f"{OUT}/**/*.json", ["sub/b.json"]),
        (f"{OUT}\n            !{OUT}/sub", ["a.txt"]),
        (f"{OUT}/a.txt\n            ${{{{ runner.temp }}}}/alone.txt", ["alone.txt", "out/a.txt"]),
        (f"{OUT}/a.txt", ["a.txt"]),
    ],
)
async def test_several_paths_share_their_nearest_folder(scene: Scene, paths: str, expected: list[str]) -> None:
    assert await names(scene, await scene.run(jobs(paths))) == expected


@pytest.mark.parametrize(
    ("behaviour", "conclusion"), [("warn", "success"), ("error", "failure"), ("ignore", "success")]
)
async def test_nothing_found_is_handled_as_asked(scene: Scene, behaviour: str, conclusion: str) -> None:
    run = await scene.run(jobs("nowhere", **{"if-no-files-found": behaviour}))
    assert run.conclusion == conclusion
    assert scene.sandbox.actions.storage.of(run) == []


async def test_a_name_is_taken_once_per_run(scene: Scene) -> None:
    text = jobs(OUT)
    again = f"      - uses: {UPLOAD}\n        with: {{name: bundle, path: '{OUT}'}}\n"
    run = await scene.run(text + again)
    assert run.conclusion == "failure"
    assert "already exists" in run.job("one").log[-1]


async def test_the_api_gives_the_digest_and_redirects_to_a_host_that_takes_no_token(scene: Scene) -> None:
    run = await scene.run(jobs(OUT))
    _, listed = await scene.call("GET", f"/runs/{run.id}/artifacts")
    (shown,) = listed["artifacts"]
    status, location = await scene.call("GET", f"/artifacts/{shown['id']}/zip")
    assert status == 302
    assert not location.startswith(scene.sandbox.url)
    async with scene.session.get(location, headers={"Authorization": "Bearer x"}) as refused:
        assert refused.status == 400
    async with scene.session.get(location) as answer:
        content = await answer.read()
    assert shown["digest"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert shown["size_in_bytes"] == len(content)
    assert shown["workflow_run"]["id"] == run.id

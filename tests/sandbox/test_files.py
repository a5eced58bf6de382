"""Contents and git data, and git itself over HTTP."""

import asyncio
import base64
from pathlib import Path

import pytest

from bot.sandbox.client import Refused
from bot.sandbox.git import environment
from tests.sandbox.conftest import World


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def test_a_file_is_made_read_replaced_and_removed(world: World) -> None:
    bot, path = world.bot(), f"{world.widgets.path}/contents/docs/a.txt"
    made = await bot.put(path, {"message": "m", "content": b64("one")})
    read = await bot.get(path)
    assert base64.b64decode(read["content"]) == b"one"
    assert read["sha"] == made["content"]["sha"]
    with pytest.raises(Refused, match='"sha" wasn\'t supplied'):
        await bot.put(path, {"message": "m", "content": b64("two")})
    with pytest.raises(Refused) as refused:
        await bot.put(path, {"message": "m", "content": b64("two"), "sha": "0" * 40})
    assert refused.value.status == 409
    await bot.put(path, {"message": "m", "content": b64("two"), "sha": read["sha"]})
    assert await world.widgets.read("docs/a.txt") == "two"
    sha = (await bot.get(path))["sha"]
    await bot.delete(path, {"message": "m", "sha": sha})
    assert (await bot.ask("GET", path)).status == 404


async def test_two_writers_at_once_lose_nothing_silently(world: World) -> None:
    root = f"{world.widgets.path}/contents"
    answers = await asyncio.gather(
        *(world.bot().ask("PUT", f"{root}/{n}.txt", {"message": "m", "content": b64("x")}) for n in range(4))
    )
    made = [n for n, answer in enumerate(answers) if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 409}
    assert made
    assert all([await world.widgets.read(f"{n}.txt") == "x" for n in made])


async def test_a_token_without_workflows_cannot_touch_workflows(world: World) -> None:
    path = f"{world.widgets.path}/contents/.github/workflows/x.yml"
    answer = await world.bot().ask("PUT", path, {"message": "m", "content": b64("on: push")})
    assert answer.status == 403
    entry = {"path": ".github/workflows/x.yml", "mode": "100644", "type": "blob", "content": "on: push"}
    assert (await world.bot().ask("POST", f"{world.widgets.path}/git/trees", {"tree": [entry]})).status == 403
    await world.writer.push(world.widgets, {".github/workflows/x.yml": "on: push\n"})


async def test_a_ref_moves_forward_only_unless_forced(world: World) -> None:
    before = await world.widgets.head()
    after = await world.writer.push(world.widgets, {"a.txt": "one\n"})
    ref = f"{world.widgets.path}/git/refs/heads/main"
    with pytest.raises(Refused, match="Update is not a fast forward"):
        await world.bot().patch(ref, {"sha": before})
    await world.bot().patch(ref, {"sha": before, "force": True})
    await world.story.settle()
    pushes = world.mailbox.of("push")
    assert [push["forced"] for push in pushes] == [False, True]
    assert (pushes[0]["before"], pushes[0]["after"]) == (before, after)
    assert pushes[0]["head_commit"]["added"] == ["a.txt"]


async def test_a_ref_of_any_name_can_be_kept(world: World) -> None:
    sha = await world.widgets.head()
    await world.bot().post(f"{world.widgets.path}/git/refs", {"ref": "refs/millwright/42", "sha": sha})
    found = await world.bot().get(f"{world.widgets.path}/git/matching-refs/millwright/")
    assert [ref["ref"] for ref in found] == ["refs/millwright/42"]
    with pytest.raises(Refused, match="Reference already exists"):
        await world.bot().post(f"{world.widgets.path}/git/refs", {"ref": "refs/millwright/42", "sha": sha})


async def test_a_blob_comes_back_byte_for_byte(world: World) -> None:
    content = bytes(range(256))
    wanted = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
    sha = (await world.bot().post(f"{world.widgets.path}/git/blobs", wanted))["sha"]
    read = await world.bot().get(f"{world.widgets.path}/git/blobs/{sha}")
    assert base64.b64decode(read["content"]) == content


async def git(*arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        "git", *arguments, env=environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_git_clones_and_pushes_with_a_token(world: World, tmp_path: Path) -> None:
    token = world.writer.http.token
    url = world.story.sandbox.url.replace("://", f"://x-access-token:{token}@") + "/acme/widgets.git"
    copy = str(tmp_path / "copy")
    assert (await git("clone", "-q", url, copy))[0] == 0
    (tmp_path / "copy" / "new.txt").write_text("new\n")
    who = ("-c", "user.name=w", "-c", "user.email=w@example.org")
    await git("-C", copy, "add", ".")
    await git("-C", copy, *who, "commit", "-qm", "new")
    code, said = await git("-C", copy, "push", "-q", "origin", "HEAD:main")
    assert code == 0, said
    assert await world.widgets.read("new.txt") == "new\n"
    await world.story.settle()
    assert world.mailbox.of("push")[0]["pusher"]["name"] == "writer"


async def test_git_refuses_workflows_pushed_by_an_app_without_the_permission(world: World, tmp_path: Path) -> None:
    url = world.story.sandbox.url.replace("://", f"://x-access-token:{world.bot().token}@") + "/acme/widgets.git"
    copy, who = tmp_path / "copy", ("-c", "user.name=w", "-c", "user.email=w@example.org")
    await git("clone", "-q", url, str(copy))
    for name, is_good in (("site.txt", True), (".github/workflows/x.yml", False)):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("on: push\n")
        await git("-C", str(copy), "add", ".")
        await git("-C", str(copy), *who, "commit", "-qm", name)
        code, said = await git("-C", str(copy), "push", "origin", "HEAD:refs/heads/pages")
        assert (code == 0) is is_good, said
    assert "refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml`" in said


async def test_git_refuses_a_push_without_rights(world: World, tmp_path: Path) -> None:
    token = world.outsider.http.token
    url = world.story.sandbox.url.replace("://", f"://x-access-token:{token}@") + "/acme/widgets.git"
    copy = str(tmp_path / "copy")
    await git("clone", "-q", url, copy)
    code, said = await git("-C", copy, "push", "-q", "origin", "HEAD:refs/heads/mine")
    assert code != 0
    assert "403" in said
    assert "mine" not in {b["name"] for b in await world.bot().get(f"{world.widgets.path}/branches")}


async def test_git_does_not_find_what_the_caller_may_not_see(world: World, tmp_path: Path) -> None:
    token = world.outsider.http.token
    url = world.story.sandbox.url.replace("://", f"://x-access-token:{token}@") + "/acme/vault.git"
    code, said = await git("clone", "-q", url, str(tmp_path / "copy"))
    assert code != 0
    assert "not found" in said


async def test_a_checkout_is_a_working_tree_at_the_commit(world: World, tmp_path: Path) -> None:
    sha = await world.widgets.checkout("main", tmp_path / "tree")
    assert sha == await world.widgets.head()
    assert (tmp_path / "tree" / "README.md").read_text() == "# widgets\n"

"""A website goes to a machine over SSH, where a real nginx serves it, and goes from there as it came."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.demo.scene import Scene
from executors.world.ssh.scripts import forced
from tests.nginx import Server, serving
from tests.programs import program
from tests.sshd import KEY, Machine, machine, make_key
from tests.stories.places import move_site
from tests.stories.words import deployment_states, open_issue, says, state, sticky, token

_CONF = "server {{ listen 80; root {root}/current; index index.html; error_page 404 /404.html; }}\n"


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Machine]:
    """The machine at the hoster's."""
    program("rsync")
    with machine(tmp_path / "machine") as started:
        yield started


@pytest.fixture
def web(target: Machine, tmp_path: Path) -> Iterator[Server]:
    """Its web server."""
    with serving(tmp_path / "nginx", _CONF.format(root=target.www / "acme"), ["acme.example"]) as started:
        yield started


async def moved(scene: Scene, target: Machine, web: Server) -> str:
    """The site's place is that machine now; returns its address."""
    url = f"http://127.0.0.1:{web.plain}/"
    public = make_key(target.folder / "reader")
    target.admit(public, forced(str(target.www / "acme")))
    place = {
        "name": "production",
        "kind": "ssh",
        "host": "127.0.0.1",
        "port": target.port,
        "user": getpass.getuser(),
        "path": str(target.www / "acme"),
        "host_keys": list(target.host_keys),
        "key": KEY,
        "url": url,
    }
    reader = (target.folder / "reader").read_text()
    await move_site(scene, place, {"production": {KEY: target.private_key}, "production-read": {KEY: reader}})
    return url


async def test_a_site_is_previewed_served_and_taken_back_over_ssh(
    scene: Scene, target: Machine, web: Server
) -> None:
    url = await moved(scene, target, web)
    number = await open_issue(scene)
    shown = await sticky(scene, number)
    assert f"web folder `{target.www}/acme` on `127.0.0.1:{target.port}`" in shown, shown
    assert list(target.www.iterdir()) == [], "a preview changes nothing"

    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    page = web.get("acme.example", "/", tls=False)
    assert (page.status, b"Acme Consulting" in page.body) == (200, True)
    assert (await deployment_states(scene))[-1] == "success"
    [deployment] = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments")
    statuses = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments/{deployment['id']}/statuses")
    assert statuses[0]["environment_url"] == url

    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert web.get("acme.example", "/", tls=False).status == 404
    assert [path.name for path in (target.www / "acme").rglob("*") if path.is_file()] == ["root"]


async def test_a_machine_that_is_another_one_by_now_is_sent_nothing(
    scene: Scene, target: Machine, web: Server
) -> None:
    await moved(scene, target, web)
    number = await open_issue(scene)
    line = f"/approve {await token(scene, number)}"
    target.new_host_key()
    await says(scene, scene.cast.bert, number, line)
    shown = await sticky(scene, number)
    assert "the host key is not the pinned one" in shown, shown
    assert target.private_key.splitlines()[1] not in shown
    assert list(target.www.iterdir()) == []

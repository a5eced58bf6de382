"""Pictures come from the product repository, by path and digest, read with the leg's own token."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import urllib.request
from io import BytesIO

from PIL import Image

from bot.cli.demo.scene import Scene
from tests.executors.website.folder import png
from tests.stories.words import ACME, body, open_issue, says, sticky, token


def fetched(url: str) -> bytes:
    """What a visitor gets."""
    with urllib.request.urlopen(url) as answer:
        found: bytes = answer.read()
    return found


MARKER = "        role: Geschäftsführerin, IT-Strategie\n"


def with_photo(digest: str) -> str:
    photo = f"photo: {{path: team/vogel.png, sha256: {digest}, alt: Katharina Vogel}}"
    assert MARKER in ACME
    return body(ACME.replace(MARKER, f"{MARKER}        {photo}\n"))


async def with_picture(scene: Scene, data: bytes) -> None:
    path = f"{scene.cast.product.path}/contents/team/vogel.png"
    content = base64.b64encode(data).decode()
    await scene.cast.anna.http.put(path, {"message": "Add a portrait", "content": content})


async def test_a_picture_of_the_repository_is_on_the_site(scene: Scene) -> None:
    picture = png(64, 64)
    await with_picture(scene, picture)
    number = await open_issue(scene, with_photo(hashlib.sha256(picture).hexdigest()))
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert "Done" in await sticky(scene, number), await sticky(scene, number)
    page = await asyncio.to_thread(fetched, f"{scene.site.url}team.html")
    [name] = set(re.findall(rb'src="(assets/vogel-[0-9a-f-]+\.webp)"', page))
    shown = Image.open(BytesIO(await asyncio.to_thread(fetched, f"{scene.site.url}{name.decode()}")))
    assert (shown.format, shown.size) == ("WEBP", (64, 64))
    read = [one for one in scene.story.sandbox.requests if one.path.endswith("/contents/team/vogel.png")]
    assert {(one.method, one.status) for one in read[1:]} == {("GET", 200)}
    assert len(read) >= 3, "the preview and the run each read it"


async def test_a_picture_that_is_not_the_one_that_was_pinned_stops_the_plan(scene: Scene) -> None:
    await with_picture(scene, png(64, 64))
    number = await open_issue(scene, with_photo("0" * 64))
    shown = await sticky(scene, number)
    assert "Cannot be approved yet" in shown, shown
    assert "team/vogel.png" in shown
    assert not (scene.site.root / "current").exists()

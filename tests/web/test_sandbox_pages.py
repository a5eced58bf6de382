"""The sandbox's pages for a browser, in a real one: axe finds nothing, they fit a phone, news arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox.places import Place
from bot.sandbox.story import Story, begin
from bot.sandbox.web.shown import Shown
from tests.web.serving import Served
from tests.web.tab import WIDE, tab
from tests.web.walk import accessible, fits, opened

SAID = """### Plan v1

| | step | status |
|---|---|---|
| ✅ | **website** | completed, and a_very_long_word_that_has_nowhere_to_break_in_a_table_on_a_small_screen |

<details><summary>more</summary>

- `code` and https://www.example.org/with/a/very/long/address/that/has/to/break/somewhere/on/a/phone
</details>

```
/approve v1-0123456789ab
```
"""
PAGES = ("-/", "acme/website", "acme/website/issues/new", "acme/website/issues/1")


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    people = {"anna": "writes the briefings"}
    shown = Shown("Try it", {"Acme": "http://127.0.0.1:1/"}, {"Website": SAID}, ("capability:business",), people)
    story: Story = await begin(tmp_path, shown=shown)
    story.organisation("acme")
    anna, made = story.person("anna"), story.repository("acme/website")
    await made.form(anna, "Website for Acme", SAID, ["capability:business"])
    yield made
    await story.close()


@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing_and_nothing_is_wider_than_a_small_phone(place, devtools, path):
    async with tab(devtools) as page:
        await opened(page, Served(place.sandbox.url, {}), path)
        assert await accessible(page) == []
        assert await fits(page) == []
        assert page.complaints == []


async def test_what_is_said_appears_by_itself_and_what_is_being_written_stays(place, devtools):
    async with tab(devtools) as page:
        await page.screen(WIDE)
        await page.go(f"{place.sandbox.url}/acme/website/issues/1")
        await page.run("document.getElementById('body').value = 'half a sen'")
        anna = place.sandbox.world.account("anna")
        token = next(one for one in place.sandbox.world.tokens.values() if one.account_id == anna.id)
        arrived = """new Promise((done, late) => {
            const seen = () => document.getElementById("live").textContent.includes("news for everybody");
            const watch = new MutationObserver(() => seen() && done(true));
            watch.observe(document.body, {childList: true, subtree: true});
            fetch("/repos/acme/website/issues/1/comments", {method: "POST", body: '{"body": "news for everybody"}',
                headers: {Authorization: "Bearer TOKEN", "Content-Type": "application/json"}});
            setTimeout(() => late(new Error("nothing arrived")), 20000);
        })"""
        assert await page.run(arrived.replace("TOKEN", token.value))
        assert await page.run("document.getElementById('body').value") == "half a sen"
        await page.run("document.querySelector('[data-say=\"/help\"]').click()")
        assert await page.run("document.getElementById('body').value") == "/help"

"""The sandbox's pages with the bot behind them: a newcomer opens an issue, approves it, reads the evidence."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import aiohttp
import pytest_asyncio

from bot.cli.demo.firms import chosen
from bot.cli.demo.scene import Scene, Setting, close_scene, open_scene
from bot.cli.demo.serving import shown


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Scene]:
    [firm] = chosen("service")
    opened = await open_scene(tmp_path, setting=Setting(firm, shown=shown(firm)))
    yield opened
    await close_scene(opened)


async def test_a_newcomer_takes_an_example_from_issue_to_evidence_in_a_browser(served: Scene) -> None:
    url, place = served.story.sandbox.url, served.cast.product.full_name
    async with aiohttp.ClientSession(headers={"Origin": url}) as browser:

        async def page(path: str) -> str:
            async with browser.get(url + path) as answer:
                assert answer.status == 200, path
                return await answer.text()

        form = await page(f"/{place}/issues/new?draft=0")
        [title] = re.findall(r'id="title"[^>]*value="([^"]*)"', form)
        [body] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)
        sent = {"as": "anna", "title": unescape(title), "body": unescape(body)}
        async with browser.post(f"{url}/{place}/issues/new", data=sent) as answer:
            thread = answer.url.path
        await served.settle()
        [line, *_] = re.findall(r'data-say="(/approve v1-[0-9a-f]{12})"', await page(thread))

        for who, code in (("mallory", "no_role"), ("anna", "self_approval")):
            await browser.post(f"{url}{thread}", data={"as": who, "body": line})
            await served.settle()
            assert f"<code>{code}</code>" in await page(thread)
        await browser.post(f"{url}{thread}", data={"as": "bert", "body": line})
        await served.settle()
        text = await page(thread)
        assert f'<a href="{served.site.url}" rel="nofollow noopener">' in text, text
        for path in set(re.findall(rf'"(/{place}/(?:runs|pull)/\d+)"', text)):
            await page(path)
        [pack, *_] = re.findall(r'"(/-/packs/\d+/\d+/index\.html)"', await page("/-/"))
        async with browser.get(url + pack) as answer:
            assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
            assert "bert" in await answer.text()

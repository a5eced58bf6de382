"""The sandbox's pages for a browser: what they show, in whose name they write, and whom they keep out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox.places import Place
from bot.sandbox.story import Story, begin
from bot.sandbox.web.clean import cleaned
from bot.sandbox.web.markup import rendered
from bot.sandbox.web.shown import Shown

PEOPLE = {"anna": "writes", "bert": "approves"}


@dataclass
class Browser:
    """A browser on this machine that has one page open, and the world it looks at."""

    story: Story
    place: Place
    http: aiohttp.ClientSession

    async def page(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.http.get(f"{self.story.sandbox.url}{path}", headers=headers) as answer:
            return answer.status, await answer.text()

    async def send(self, path: str, origin: str | None = None, **form: str) -> tuple[int, str]:
        own = self.story.sandbox.url
        headers = {"Origin": own if origin is None else origin}
        if origin == "":
            headers = {}
        async with self.http.post(f"{own}{path}", data=form, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    shown = Shown("Try it", drafts={"Website": "please & <now>"}, labels=("capability:business",), people=PEOPLE)
    story = await begin(tmp_path, shown=shown)
    story.organisation("acme")
    for login in (*PEOPLE, "eve"):
        story.person(login)
    place = story.repository("acme/website")
    async with aiohttp.ClientSession() as http:
        yield Browser(story, place, http)
    await story.close()


NEW = "/acme/website/issues/new"


async def test_an_issue_is_opened_and_answered_as_whoever_is_chosen(browser: Browser) -> None:
    status, where = await browser.send(NEW, title="Website", body="please", **{"as": "anna"})
    assert (status, where) == (303, "/acme/website/issues/1?as=anna")
    issue = browser.place.repository.issues[1]
    assert (issue.body, issue.labels) == ("please", ["capability:business"])
    status, _ = await browser.send("/acme/website/issues/1", body="**yes**", **{"as": "bert"})
    assert status == 303
    [said] = issue.comments.values()
    assert browser.story.sandbox.world.accounts[said.author_id].login == "bert"
    _, text = await browser.page(where)
    assert "<strong>yes</strong>" in text
    assert '<option value="anna" selected>' in text


async def test_a_draft_fills_the_form_and_stays_text(browser: Browser) -> None:
    _, text = await browser.page(f"{NEW}?draft=0")
    assert "please &amp; &lt;now&gt;</textarea>" in text


async def test_what_github_refuses_is_said_in_its_words(browser: Browser) -> None:
    await browser.send(NEW, title="Website", **{"as": "anna"})
    browser.place.repository.is_archived = True
    status, text = await browser.send("/acme/website/issues/1", body="hello", **{"as": "bert"})
    assert status == 200
    assert "GitHub refuses: Repository was archived so is read-only." in text


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
async def test_no_other_page_writes_anything(browser: Browser, origin: str) -> None:
    status, _ = await browser.send(NEW, origin, title="Website", **{"as": "anna"})
    assert status == 403
    assert not browser.place.repository.issues


async def test_a_name_that_was_bound_to_this_machine_is_kept_out(browser: Browser) -> None:
    port = browser.story.sandbox.url.rpartition(":")[2]
    assert (await browser.page("/-/", Host=f"rebound.example:{port}"))[0] == 403
    assert (await browser.page("/-/"))[0] == 200


async def test_nobody_can_be_who_is_not_offered(browser: Browser) -> None:
    assert (await browser.send(NEW, title="Website", **{"as": "eve"}))[0] == 404
    assert not browser.place.repository.issues


async def test_a_page_runs_no_script_but_its_own(browser: Browser) -> None:
    async with browser.http.get(f"{browser.story.sandbox.url}/-/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_a_sandbox_has_no_such_pages_unless_asked(tmp_path: Path) -> None:
    story = await begin(tmp_path)
    story.organisation("acme")
    story.repository("acme/website")
    async with aiohttp.ClientSession() as http, http.get(f"{story.sandbox.url}/acme/website") as answer:
        assert answer.status == 404
    await story.close()


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("<script>alert(1)</script>a", "a"),
        ('<img src=x onerror="alert(1)">a', "a"),
        ('<a href="javascript:alert(1)" onclick="x()">a</a>', "<a>a</a>"),
        ('<a href=" javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="//elsewhere.example">a</a>', "<a>a</a>"),
        ('<a href="https://b.example/?a=1&amp;b=2">a</a>',
         '<a href="https://b.example/?a=1&amp;b=2" rel="nofollow noopener">a</a>'),
        ("<details open><summary>a</summary>b", "<details open><summary>a</summary>b</details>"),
        ("</div></article><form action=x><b>a", "<b>a</b>"),
        ("<p style='position:fixed' class=x id=y>a</p>", "<p>a</p>"),
        ("a &lt;b&gt; <!-- c -->", "a &lt;b&gt; "),
        ("<svg><a href='https://x.example'>a</a></svg>b", "b"),
        ("<textarea><script>a</script></textarea>b", "b"),
    ],
)  # fmt: skip
def test_html_of_a_comment_is_left_without_what_could_harm(given: str, left: str) -> None:
    assert cleaned(given) == left


def test_markdown_is_shown_as_github_shows_it() -> None:
    shown = rendered("| a | b |\n|---|--:|\n| `#1` | #2 |\n\n~~old~~ <sub>x</sub>", "/acme/website")
    assert '<td class="right"><a href="/acme/website/issues/2">#2</a></td>' in shown
    assert "<code>#1</code>" in shown
    assert "<s>old</s> <sub>x</sub>" in shown


def test_a_bare_address_is_a_link_and_what_follows_it_is_not() -> None:
    shown = rendered("see http://127.0.0.1:80/?a=1&b=%22#3. `http://x.example/`", "/acme/website")
    href = "http://127.0.0.1:80/?a=1&amp;b=%22#3"
    assert f'see <a href="{href}" rel="nofollow noopener">{href}</a>. ' in shown
    assert "<code>http://x.example/</code>" in shown


def test_a_diagram_is_folded_text() -> None:
    shown = rendered("```mermaid\ngraph LR\n  a --> b<br>\n```", "/acme/website")
    assert shown.startswith("<details><summary>A diagram")
    assert "a --&gt; b&lt;br&gt;" in shown

"""Each look finds the fault that it looks for: one is planted in a sound page, and the look must name it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from tests.web import keys, markup, sites, walk
from tests.web.serving import HEADERS, Served, serving
from tests.web.tab import PHONE, WIDE, Tab, tab

HOME = "index.html"
Files = dict[str, bytes]
Look = Callable[[Tab, Served], Awaitable[list[str]]]


def styled(rule: str) -> Callable[[Files], Files]:
    """The site with one more rule at the end of its style sheet."""
    return lambda files: files | {"styles.css": files["styles.css"] + rule.encode()}


def put(html: str, before: str = "</main>") -> Callable[[Files], Files]:
    """The site with something more on its home page."""
    return lambda files: files | {HOME: files[HOME].replace(before.encode(), (html + before).encode(), 1)}


def both(one: Callable[[Files], Files], other: Callable[[Files], Files]) -> Callable[[Files], Files]:
    """One change after the other."""
    return lambda files: other(one(files))


def lawless(change: Callable[[Files], Files]) -> Callable[[Files], Files]:
    """The changed site without any policy, so that nothing but the look finds what was planted."""

    def changed(files: Files) -> Files:
        found = change(files)
        page = re.sub(rb"<meta http-equiv=.Content-Security-Policy.[^>]*>", b"", found[HOME])
        return found | {HOME: page, HEADERS: b""}

    return changed


async def accessible(tab: Tab, served: Served) -> list[str]:
    await walk.opened(tab, served, HOME)
    return await walk.accessible(tab)


async def fits(tab: Tab, served: Served) -> list[str]:
    await walk.opened(tab, served, HOME)
    return await walk.fits(tab)


async def fetched(tab: Tab, served: Served) -> list[str]:
    await walk.opened(tab, served, HOME)
    return await walk.fetched(tab, served)


async def reached(tab: Tab, served: Served) -> list[str]:
    await walk.opened(tab, served, HOME)
    return await keys.reached(tab)


async def skipped(tab: Tab, served: Served) -> list[str]:
    await walk.opened(tab, served, HOME)
    return await keys.skipped(tab)


async def unfolded(tab: Tab, served: Served) -> list[str]:
    await walk.opened(tab, served, HOME, PHONE)
    return await keys.unfolded(tab)


def two_ids(files: Files) -> Files:
    return put('<p id="twice">a</p><p id="twice">b</p>')(files)


UNSEEN = "{outline:none!important;box-shadow:none!important;color:#123!important}"
PALE = "main p{color:#888!important;background:#999!important}"
FAULTS: dict[str, tuple[Look, Callable[[Files], Files], str]] = {
    "pale": (accessible, styled(PALE), r"axe at 1280 px: color-contrast"),
    "pale at night": (
        accessible, styled("@media (prefers-color-scheme: dark){" + PALE + "}"), r"axe at 1280 px, dark: color-c",
    ),
    "pale on a phone": (accessible, styled("@media (max-width: 500px){" + PALE + "}"), r"axe at 390 px: color-c"),
    "pale before a gradient": (
        accessible,
        styled("main p{color:#888!important;background:linear-gradient(#999,#777)!important}"),
        r"axe at 1280 px, measured: .* contrast 1\.\d\d",
    ),
    "no alternative": (accessible, put('<img src="favicon.svg">'), r"axe at 1280 px: image-alt"),
    "too wide": (fits, styled("main{min-width:700px}"), r"sticks out at 320 px"),
    "too wide and hidden": (
        fits, styled("html,body{overflow-x:hidden}main>*{width:700px}"), r"sticks out at 320 px: <",
    ),
    "letters in pixels": (fits, styled("main p{font-size:16px!important}"), r"letters do not grow"),
    "cut off": (fits, styled("h1{height:1.2rem!important;overflow:hidden!important}"), r"cut off, letters 200 %"),
    "too wide for large letters": (
        fits, styled("main p{min-width:16rem}"), r"sticks out, letters 200 % at 390 px",
    ),
    "another host": (
        fetched, lawless(put('<img src="http://other.example/x.png" alt="">')), r"asks another host: http://other",
    ),
    "another host, refused": (fetched, put('<img src="http://other.example/x.png" alt="">'), r"CSP: img-src"),
    "an inline style": (fetched, put('<p style="color:red">x</p>'), r"CSP: style-src"),
    "a script": (fetched, put("<script>1</script>"), r"CSP: script-src"),
    "an exception": (fetched, lawless(put("<script>nothing.there()</script>")), r"complaint: Uncaught"),
    "a missing picture": (fetched, put('<img src="assets/none.webp" alt="">'), r"a picture does not show: .*none"),
    "heavy": (fetched, put(f"<!--{'x' * walk.HEAVIEST}-->"), r"weighs \d{6} bytes"),
    "a trap": (
        reached,
        lawless(put('<a href="#" id="t">t</a><script>t.onblur = () => setTimeout(() => t.focus())</script>')),
        r"Tab goes to <a#t> “t” instead of",
    ),
    "out of order": (reached, put('<a href="#" tabindex="3">x</a>'), r"Tab goes to <a> “x” instead of"),
    "unseen": (
        reached,
        both(put('<a href="#" class="plain-x">unseen</a>'), styled(f".plain-x,.plain-x:focus-visible{UNSEEN}")),
        r"“unseen” does not show that it has the focus",
    ),
    "covered": (
        reached,
        both(put('<div class="cover-x"></div>'), styled(".cover-x{position:fixed;inset:0;z-index:999}")),
        r"is covered while it has the focus",
    ),
    "no way past": (
        skipped, put("<a href='about.html'>x</a>", '<a class="skip"'), r"no way past the menu",
    ),
    "a way to nowhere": (
        skipped,
        lambda files: files | {HOME: files[HOME].replace(b'id="content"', b'id="moved"')},
        r"does not lead past",
    ),
    "a menu that stays shut": (
        unfolded, styled("header details *:not(summary){display:none!important}"), r"the menu is open, and",
    ),
}  # fmt: skip


@pytest.fixture
def sound(kept) -> Files:
    return sites.files(sites.wanted("acme_briefing"), kept)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_planted_fault_is_found(fault, sound, devtools):
    look, plant, sentence = FAULTS[fault]
    planted = plant(sound)
    assert planted != sound
    async with serving(planted) as served, tab(devtools) as opened:
        found = await look(opened, served)
    assert any(re.search(sentence, one) for one in found), found


async def test_the_sound_page_has_none_of_them(sound, visit):
    async with visit(sound) as (opened, served):
        for look in {look for look, _, _ in FAULTS.values()}:
            assert await look(opened, served) == []
        await opened.screen(WIDE)


@pytest.mark.parametrize("validator", [markup.w3c, markup.html_validate])
def test_a_planted_double_id_is_found_by_both_validators(validator, sound, tmp_path):
    sites.written(two_ids(sound), tmp_path)
    found = validator([tmp_path / HOME])
    assert any(re.search(r"(?i)duplicate id", one) for one in found), found


def test_a_policy_that_allows_inline_styles_is_found(sound):
    open_door = sound[HEADERS].replace(b"style-src 'self'", b"style-src 'self' 'unsafe-inline'")
    assert walk.policy(Served("", sound)) == []
    assert walk.policy(Served("", sound | {HEADERS: open_door})) == ["the policy allows unsafe-inline"]
    assert walk.policy(Served("", sound | {HEADERS: b""})) == ["the policy does not begin with nothing"]

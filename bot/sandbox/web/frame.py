"""The page around everything, and the small parts that pages are made of; all text is escaped where it goes in."""

from __future__ import annotations

from html import escape as _escape

from bot.sandbox.state import Account, World

SIGNS = {
    "success": "✓", "failure": "✗", "neutral": "■", "cancelled": "⊘", "skipped": "⊘", "action_required": "!",
    "in_progress": "●", "queued": "○", "open": "●", "closed": "✓", "inactive": "■", "error": "✗", "pending": "○",
    "merged": "✓",
}  # fmt: skip


def e(text: object) -> str:
    """Text for HTML, in attributes too."""
    return _escape(str(text))


def page(title: str, trail: list[tuple[str, str]], body: str, aside: str = "", below: str = "") -> str:
    """A whole page; `trail` leads to it (address and name), `body` and `aside` are kept fresh, `below` is not."""
    crumbs = " / ".join(f'<a href="{e(url)}">{e(name)}</a>' for url, name in trail)
    side = f'<aside id="aside">{aside}</aside>' if aside else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{e(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/-/look.css">
<script src="/-/live.js" defer></script>
</head>
<body>
<header><a class="home" href="/-/">Sandbox</a> <nav aria-label="Where this is">{crumbs}</nav>
<p>A small GitHub on this machine</p></header>
<div class="columns{"" if aside else " one"}">
<main><div id="live">{body}</div>{below}</main>
{side}
</div>
</body>
</html>
"""


def state(word: str, text: str = "") -> str:
    """A small coloured word with a sign."""
    sign = f'<span aria-hidden="true">{SIGNS.get(word, "○")}</span>'
    return f'<span class="state {e(word)}">{sign} {e(text or word)}</span>'


def who(world: World, account_id: int) -> str:
    """A person's or App's name, with the initial in a disc."""
    account: Account = world.accounts[account_id]
    kind = " bot" if account.type == "Bot" else ""
    login = account.login.removesuffix("[bot]")
    mark = ' <span class="tag">bot</span>' if kind else ""
    colour = f" c{sum(login.encode()) % 6}"
    return (
        f'<span class="disc{kind}{colour}" aria-hidden="true">{e(login[0].upper())}</span> <b>{e(login)}</b>{mark}'
    )


def when(stamp: str | None) -> str:
    """A time of day; the date stands in its title."""
    return f'<time datetime="{e(stamp)}" title="{e(stamp)}">{e(stamp[11:19])} UTC</time>' if stamp else ""


def rows(items: list[str], nothing: str) -> str:
    """A boxed list, or a word that says there is nothing."""
    if not items:
        return f'<p class="none">{e(nothing)}</p>'
    return '<ul class="rows">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>"

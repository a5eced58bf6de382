"""T22: where no Markdown is read (titles, messages of commits) text from outside refers to nobody all the same."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import say
from bot.cli.demo.scene import Scene
from bot.domain.messages import PullText
from bot.say.encode import inert, prose, url, word
from tests.samples import CASE, PLAN
from tests.stories.words import acme, open_issue, pulls

# What GitHub looks for in plain text: https://docs.github.com/en/get-started/writing-on-github
REFERENCE = re.compile(r"@[A-Za-z0-9]|#\d|\bGH-\d|://\w", re.IGNORECASE)
TITLES = (
    "fixes #1", "closes acme/website#1", "resolves GH-7", "@acme/owners look", "fixes https://github.com/a/b/issues/1",
    "a@b.example", "x\nSigned-off-by: bert", "x\r\n\r\nCo-authored-by: bert <b@x.example>", "\u202e#1", "#\u200b1",
    "`#1`",
)  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_a_title_refers_to_nobody_and_is_one_line(title: str) -> None:
    plan = PLAN.model_copy(update={"title": title})
    shown = say.pull(PullText(replace(CASE, plan=plan), plan)).title
    assert not REFERENCE.search(shown)
    assert shown.isprintable()


@given(st.text(max_size=60) | st.lists(st.sampled_from(TITLES), max_size=3).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_no_text_refers_to_anybody_once_it_is_inert(text: str) -> None:
    assert not REFERENCE.search(inert(text))


async def test_the_commit_of_a_plan_says_our_own_words_only(scene: Scene) -> None:
    await open_issue(scene, acme(business_name="'fixes #1 @acme/owners'"), title="fixes #1 @acme/owners")
    [pull] = await pulls(scene)
    commit = await scene.cast.anna.http.get(f"{scene.cast.product.path}/git/commits/{pull['head']['sha']}")
    assert re.fullmatch(r"Millwright plan WEB-\d+ v1\n\nMillwright-Plan: [0-9a-f]{64}\n?", commit["message"])
    assert not REFERENCE.search(pull["title"])


@pytest.mark.parametrize("text", ["ok\n", "fixes #12", "a GH-7", "see http://evil.example", "www.evil.example x"])
def test_a_word_that_would_be_linked_is_code(text: str) -> None:
    assert word(text).startswith("`")


def test_an_address_ends_where_it_ends() -> None:
    assert url("https://a.example/\n").startswith("`")


def test_a_commit_is_not_named_by_hiding_it_behind_other_digits() -> None:
    parts = prose("aaaaaa0123456789abcdef0123456789abcdef01234567").split("<!-- -->")
    assert "".join(parts) == "aaaaaa0123456789abcdef0123456789abcdef01234567"
    assert max(map(len, parts)) == 6


def test_doubled_underscores_begin_no_emphasis() -> None:
    assert prose("__x__") == "&#95;&#95;x&#95;&#95;"

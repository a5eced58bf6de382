"""What counts as a command in a comment, body by body (T12, T13)."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import command, commands, names
from bot.domain.command import Command, Invocation, NoCommand, Token, TwoCommands, Unknown, parse, token

KNOWN = ("approve", "cancel", "help", "plan", "reject", "retry", "rollback", "status", "why")
T = "v3-1a2b3c4d5e6f"

APPROVE = Invocation("approve", T)
NO = NoCommand()
CORPUS: list[tuple[str, object]] = [
    # plain
    (f"/approve {T}", APPROVE),
    (f"/approve {T}\n", APPROVE),
    (f"/approve {T}\r\n", APPROVE),
    (f"/approve {T}\r", APPROVE),
    (f"/approve   {T}  ", APPROVE),
    (f"/approve\t{T}", APPROVE),
    (f"/APPROVE {T}", APPROVE),
    (f"/Approve {T}", APPROVE),
    ("/approve", Invocation("approve", "")),
    ("/plan", Invocation("plan", "")),
    ("/reject the imprint names the wrong firm", Invocation("reject", "the imprint names the wrong firm")),
    ("/reject Das Impressum ist falsch: Müller", Invocation("reject", "Das Impressum ist falsch: Müller")),
    # blank lines before
    (f"\n\n/approve {T}", APPROVE),
    (f"\r\n  \t\r\n/approve {T}", APPROVE),
    # words after it
    (f"/approve {T}\n\nLooks good to me, thanks @anna!", APPROVE),
    (f"/approve {T}\n> what you wrote\n> /cancel", APPROVE),
    (f"/approve {T}\n\nOn Monday anna wrote:\n> /reject no", APPROVE),
    (f"/approve {T}\n```\n/cancel\n```", APPROVE),
    (f"/approve {T}\n~~~\n/cancel\n~~~\nfine", APPROVE),
    (f"/approve {T}\n````\n```\n/cancel\n```\n````", APPROVE),
    (f"/approve {T}\n\n    /cancel", APPROVE),
    (f"/approve {T}\nsee /cancel for how to stop", APPROVE),
    (f"/approve {T}\n/usr/bin/env is no command", APPROVE),
    (f"/approve {T}\n/cancelling is no command", APPROVE),
    # first line is something else
    (f"Please: /approve {T}", NO),
    (f" /approve {T}", NO),
    (f"    /approve {T}", NO),
    (f"\t/approve {T}", NO),
    (f"> /approve {T}", NO),
    (f">/approve {T}", NO),
    (f"- /approve {T}", NO),
    (f"* /approve {T}", NO),
    (f"1. /approve {T}", NO),
    (f"`/approve {T}`", NO),
    (f"``` \n/approve {T}\n```", NO),
    (f"```\n/approve {T}\n```", NO),
    (f"~~~\n/approve {T}\n~~~", NO),
    (f"<!-- /approve {T} -->", NO),
    (f"<!--\n/approve {T}\n-->", NO),
    (f"<details>\n/approve {T}\n</details>", NO),
    (f"looks good\n/approve {T}", NO),
    (f"@millwright /approve {T}", NO),
    (f"**/approve {T}**", NO),
    (f"# /approve {T}", NO),
    (f"| /approve {T} |", NO),
    (f"[x](/approve {T})", NO),
    (f"\\/approve {T}", NO),
    # look-alikes
    (f"\u00a0/approve {T}", NO),
    (f"\u200b/approve {T}", NO),
    (f"\ufeff/approve {T}", NO),
    (f"\u202e/approve {T}", NO),
    (f"\u2028/approve {T}", NO),
    (f"／approve {T}", NO),
    (f"⁄approve {T}", NO),
    (f"/аpprove {T}", NO),
    (f"/approve\u00a0{T}", NO),
    (f"/approve\u200b {T}", NO),
    (f"/approve,{T}", NO),
    (f"/approve:{T}", NO),
    ("/approve.", NO),
    ("/", NO),
    ("//approve", NO),
    ("/ approve", NO),
    ("/usr/local/bin", NO),
    ("", NO),
    ("   \n\t\n", NO),
    ("/" + "a" * 5000, NO),
    ("/reject " + "a" * 5000, NO),
    # words we do not know
    ("/aprove v1", Unknown("aprove")),
    ("/LGTM", Unknown("LGTM")),
    ("/shrug", Unknown("shrug")),
    # two in one
    (f"/approve {T}\n/cancel", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n\n\n/CANCEL", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n  /cancel now", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n<!--\n/cancel\n-->", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n```\ncode\n```\n/plan\n/status", TwoCommands(("approve", "plan", "status"))),
    # what hides nothing from a reader: no fence, a fence of a list that ended, one within HTML, one that had ended
    (f"/approve {T}\n```x```\n/cancel", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n- a\n  ```\n/cancel\n  ```", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n<!--\n```\n-->\n/cancel", TwoCommands(("approve", "cancel"))),
    (f"/approve {T}\n```\n```\u00a0\n```\n/cancel", TwoCommands(("approve", "cancel"))),
    (f"/plan\n/approve {T}", TwoCommands(("plan", "approve"))),
    ("/status\n/status", TwoCommands(("status", "status"))),
]


@pytest.mark.parametrize(("body", "expected"), CORPUS, ids=[f"{n}" for n in range(len(CORPUS))])
def test_t12_a_comment_says_exactly_this(body: str, expected: object) -> None:
    assert parse(body, KNOWN) == expected


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 60


@given(st.text(max_size=300))
def test_no_text_makes_the_grammar_fail_or_invent_a_command(body: str) -> None:
    found = parse(body, KNOWN)
    if isinstance(found, Invocation):
        first = next(
            line for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip(" \t")
        )
        assert first.lower().startswith(f"/{found.name}")


@pytest.mark.parametrize(
    "text",
    [
        "", "v3", "3-1a2b3c4d5e6f", "v3-1a2b3c4d5e6", "v3-1a2b3c4d5e6f0", "v3-1A2B3C4D5E6F", "V3-1a2b3c4d5e6f",
        "v0-1a2b3c4d5e6f", "v03-1a2b3c4d5e6f", "v-1a2b3c4d5e6f", "v3_1a2b3c4d5e6f", "v3-1a2b3c4d5e6g",
        "v3-1a2b3c4d5e6f please", "`v3-1a2b3c4d5e6f`", "v٣-1a2b3c4d5e6f", "v3-1a2b3c4d5e6f\n",
        "v9999999-1a2b3c4d5e6f",
    ],
)  # fmt: skip
def test_only_the_exact_token_is_a_token(text: str) -> None:
    assert token(text) is None


def test_the_token_is_a_version_and_twelve_digits() -> None:
    assert token(T) == Token(3, "1a2b3c4d5e6f")


def test_every_file_of_the_room_is_a_command_with_words_about_itself() -> None:
    room = files("bot.commands")
    there = sorted(one.name.removesuffix(".py") for one in room.iterdir() if one.name.endswith(".py"))
    assert list(names()) == [name for name in there if name != "__init__"]
    assert set(KNOWN) <= set(names())
    for one in commands():
        assert isinstance(one, Command)
        assert one.usage.startswith(f"/{one.name}")
        assert one.summary.endswith(".")
        assert one.phases
        for example in one.examples:
            found = parse(example, names())
            assert isinstance(found, Invocation)
            assert found.name == one.name


def test_a_command_that_is_not_there_is_an_error_by_name() -> None:
    with pytest.raises(LookupError, match="explode"):
        command("explode")

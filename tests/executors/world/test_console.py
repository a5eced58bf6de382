"""Text from outside is never a command to the runner, and no secret is printed (T26, T38)."""

from __future__ import annotations

import io

import pytest

from executors import workflow_commands
from executors.errors import WorldError
from executors.protocol.finding import Finding
from executors.world.console import Console
from executors.world.secrets import Secrets

HOSTILE = [
    "::add-mask::x",
    "  ::set-output name=verb::execute",
    "fine\n::error::forged",
    "fine\r::error::forged",
    "##[error]forged",
    "a ##[group]forged",
    "\u2028::error::forged",
    "\u200b::error::forged",
    "\x1b[2K::error::forged",
]


def is_command(line: str) -> bool:
    return line.lstrip("\u200b \t").startswith("::") or "##[" in line


@pytest.mark.parametrize("text", HOSTILE)
def test_t38_no_line_of_foreign_text_is_a_command(text):
    stream = io.StringIO()
    Console(stream, Secrets((), {})).say(text)
    assert not any(is_command(line) for line in stream.getvalue().replace("\r", "\n").split("\n"))


@pytest.mark.parametrize("text", HOSTILE)
def test_an_annotation_is_one_command_and_no_more(text):
    finding = Finding(level="failure", code="odd", message=text, path="a,b:c\n.html", step="site")
    told = workflow_commands.annotation(finding)
    assert told.startswith("::error file=a%2Cb%3Ac%0A.html,line=1,title=site%3A odd::")
    assert "\n" not in told
    assert "\r" not in told


def test_foreign_text_between_guards_needs_a_token_that_it_does_not_hold():
    assert workflow_commands.guarded("::x::", "t" * 16) == f"::stop-commands::{'t' * 16}\n::x::\n::{'t' * 16}::"
    with pytest.raises(ValueError, match="unguessable"):
        workflow_commands.guarded(f"::{'t' * 16}::", "t" * 16)


def test_an_output_of_two_lines_is_refused():
    assert workflow_commands.output("verb", "execute") == "verb=execute\n"
    with pytest.raises(ValueError, match="one line"):
        workflow_commands.output("environment", "x\nverb=execute")


@pytest.mark.parametrize(
    "text", ["<img src=x>", "[a](http://x)", "@alice", "#1", "a|b\nc", "**b**", "http://evil.example"]
)
def test_text_in_a_summary_stays_text(text):
    assert not set(workflow_commands.cell(text)) & set("<>[]()@|*\n:/")


def test_secrets_of_the_leg_are_hidden_and_others_out_of_reach(tmp_path):
    environ = {"ODOO_KEY": "s3cret-value", "OTHER": "other-value", "EMPTY": ""}
    secrets, stream = Secrets(("ODOO_KEY", "EMPTY"), environ), io.StringIO()
    assert secrets.value("ODOO_KEY") == "s3cret-value"
    for name in ("OTHER", "EMPTY", "NONE"):
        with pytest.raises(WorldError, match=name):
            secrets.value(name)
    console = Console(stream, secrets, tmp_path / "log")
    console.mask("session-key-1")
    console.say("the key is s3cret-value and session-key-1 and ghp_" + "a" * 36)
    console.find(Finding(level="notice", code="odd", message="s3cret-value"))
    kept = (tmp_path / "log").read_text()
    for value in ("s3cret-value", "session-key-1", "ghp_"):
        assert value not in kept
    assert "s3cret-value" not in stream.getvalue()


def test_every_line_of_a_secret_of_several_lines_is_hidden():
    secrets = Secrets(("KEY",), {"KEY": "line-one\nline-two\n"})
    assert "line-two" not in secrets.redact("x line-two x")

"""CODEOWNERS as GitHub documents it, example by example; and what a line must not be able to do to us.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import time

import pytest

from bot.domain.codeowners import LARGEST, Codeowners

DOCUMENTED = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com @docs-owner
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""
"""GitHub's own example, in its order."""


def owners(text: str, path: str, candidates: str = "", teams: str = "") -> set[str]:
    """Who of the candidates owns the path; without candidates of everybody whom the text names."""
    rules = Codeowners(text, "octo-org")
    people = candidates.split() or {word[1:] for word in text.split() if word[0] == "@" and "/" not in word}
    found = {login for login in people if rules.owned([path], login, ())}
    return found | {team for team in teams.split() if rules.owned([path], "nobody", [team])}


EXAMPLES = {
    "README.md": {"global-owner1", "global-owner2"},
    "src/deep/app.js": {"js-owner"},
    "main.go": set(),
    "notes.txt": {"octocats"},
    "build/logs/1.out": {"octocat"},  # `**/logs` comes later and matches too
    "lib/apps/x.rb": {"octocat"},
    "docs/a.md": {"doctocat"},
    "docs/build-app/troubleshooting.md": {"doctocat"},
    "lib/docs/a.md": {"global-owner1", "global-owner2"},
    "scripts/run": {"doctocat", "octocat"},
    "deeply/nested/logs/x": {"octocat"},
    "apps/x": {"octocat"},
    "apps/github": set(),
    "apps/github/x": set(),
}


@pytest.mark.parametrize("path", EXAMPLES)
def test_githubs_own_example_reads_as_github_says(path: str) -> None:
    assert owners(DOCUMENTED, path, teams="octocats") == EXAMPLES[path]


PATTERNS = [
    ("*", "a/b/c", True),
    ("/*", "a", True),
    ("/*", "a/b", False),
    ("/**", "a/b", True),
    ("docs/*", "docs/a", True),
    ("docs/*", "docs/a/b", False),
    ("docs/*", "x/docs/a", False),
    ("docs/*", "docs/my plan.md", True),
    ("docs/**", "docs/a/b", True),
    ("docs/**/x", "docs/x", True),
    ("docs/**/x", "docs/a/b/x", True),
    ("docs/", "x/docs/a", True),
    ("/docs/", "x/docs/a", False),
    ("docs", "x/docs/a", True),
    ("Docs/", "docs/a", False),
    ("*.JS", "a.js", False),
    ("a?c", "abc", True),
    ("a?c", "a/c", False),
    ("a.c", "abc", False),
    ("a#b", "a#b", True),
    ("my\\ plan.md", "my plan.md", True),
    ("my\\ plan.md", "my", False),
    ("my*plan.md", "my plan.md", True),
    ("**/.millwright/", ".millwright/WEB-1/plan.json", True),
    (".millwright/*/plan.json", ".millwright/WEB-1/plan.json", True),
    (".millwright/*/plan.json", ".millwright/WEB-1/briefing.json", False),
    (".millwright/*", ".millwright/WEB-1/plan.json", False),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), PATTERNS)
def test_a_pattern_matches_what_git_would_ignore_by_it(pattern: str, path: str, matches: bool) -> None:
    assert (owners(f"{pattern} @me\n", path) == {"me"}) is matches


def test_the_last_line_that_matches_decides_alone() -> None:
    assert owners("*.md @one\n*.md @two\n", "a.md") == {"two"}
    assert owners("* @one\n/vendor/\n", "vendor/x") == set()
    assert owners("/vendor/\n* @one\n", "vendor/x") == {"one"}


SKIPPED = [
    "!secret @two",
    "[a-z].md @two",
    "a].md @two",
    "\\#x @two",
    "***/*.md @two",
    "*.md two",
    "*.md @two docs@",
    "*.md @two !",
    "*.md @two @",
    "*.md @two/",
    "*.md @two @a/b/c",
]


@pytest.mark.parametrize("line", SKIPPED)
def test_a_line_that_github_skips_decides_nothing_and_is_named(line: str) -> None:
    rules = Codeowners(f"* @one\n\n{line}\n", "octo-org")
    for path in ("a.md", "#x", "secret"):
        assert rules.owned([path], "one", ()) == (path,), path
        assert rules.owned([path], "two", ()) == ()
    [(number, why)] = rules.skipped
    assert number == 3
    assert "GitHub skips this line" in why


@pytest.mark.parametrize(
    "text", ["* @one # and @two", "* @one #@two", "* @one\t# @two", "  # @two\n* @one", "* @one # x #@two"]
)
def test_a_comment_names_nobody(text: str) -> None:
    assert owners(text, "a", "one two") == {"one"}
    assert Codeowners(text, "octo-org").skipped == ()


def test_names_are_compared_without_case_and_paths_with_it() -> None:
    assert owners("* @OctoCat", "a", "octocat OCTOCAT") == {"octocat", "OCTOCAT"}
    assert owners("* @Octo-Org/Board", "a", teams="board") == {"board"}


def test_a_team_of_another_organisation_owns_nothing_here() -> None:
    text = "* @elsewhere/board @octo-org/ops @octo-organisation/board"
    assert owners(text, "a", teams="board ops") == {"ops"}
    assert Codeowners(text, "octo-org").teams(["a"]) == ("ops",)


def test_an_address_of_mail_names_nobody() -> None:
    assert owners("* me@example.com", "a", "me me@example.com example.com") == set()


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "\r"])
def test_only_a_line_feed_ends_a_line(sign: str) -> None:
    assert owners(f"* @one\n# harmless{sign}* @two\n", "a", "one two") == {"one"}
    assert "two" not in owners(f"* @one\nx{sign}* @two\n", "a", "one two")


def test_windows_line_ends_and_a_byte_order_mark_are_nothing() -> None:
    assert owners("\ufeff* @one\r\n*.md @two\r\n", "a.md") == {"two"}
    assert owners("\ufeff* @one\r\n*.md @two\r\n", "a.js") == {"one"}


def test_gitlabs_sections_are_no_lines() -> None:
    text = "[Docs]\n* @one\n^[More][2] @two\n"
    assert owners(text, "a", "one two") == {"one"}


def test_a_file_over_three_megabytes_names_nobody() -> None:
    line = "* @one\n"
    filling = "#" * 100 + "\n"
    small = line + filling * ((LARGEST - len(line)) // len(filling))
    assert owners(small, "a", "one") == {"one"}
    assert owners(small + filling, "a", "one") == set()


def test_no_line_can_keep_us_waiting() -> None:
    path = ".millwright/" + "a" * 60 + "-1/plan.json"
    hostile = "".join(f"{'*a' * n}*-b @two\n" for n in range(1, 60)) + "*a*a*a-/ @two\n" * 20_000
    began = time.monotonic()
    assert owners(f"* @one\n{hostile}", path, "one two") == set(), "nobody is better than somebody after too long"
    assert time.monotonic() - began < 60
    rules = Codeowners(f"{'*a' * 4} @two\n", "octo-org")
    assert "more than 3 wildcards" in rules.skipped[0][1]


def test_a_large_file_is_read_in_no_time() -> None:
    text = "* @one\n" + "".join(f"/src/module{n}/ @two\n" for n in range(30_000))
    began = time.monotonic()
    assert owners(text, "src/module7/x", "one two") == {"two"}
    assert owners(text, ".millwright/WEB-1/plan.json", "one two") == {"one"}
    assert time.monotonic() - began < 30

"""Output paths stay inside their folder on every file system (T32)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors.parts.paths import UnsafePath, safe_path, safe_paths

HOSTILE = [
    "", "/etc/passwd", "//server/share", "../x", "a/../b", "a/..", "..", ".", "./a", "a//b", "a/", "a/./b",
    "a\0b", "a\nb", "a\\b", "..\\x", "C:/x", "c:x", "\\\\server\\x", "CON", "nul.txt", "a/COM1.html",
    "lpt9", "Aux.css", "com¹", "x.", "x ", " x", "a./b", "e\u0301.html", "a/.git/config", ".GIT/hooks", "a|b",
    "a?b", "a*b", 'a"b', "a<b", "a\x7f", "\ud800", "x" * 301, "x" * 121, "stream:ads", "conin$",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_t32_a_hostile_path_is_refused_with_advice(path: str) -> None:
    with pytest.raises(UnsafePath, match=r"\w+"):
        safe_path(path)


@pytest.mark.parametrize("path", ["index.html", "blog/a-post.html", "_headers", ".well-known/x", "é.html", "a..b"])
def test_a_plain_path_comes_back_unchanged(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "paths",
    [
        ["a.html", "A.html"],
        ["straße", "STRASSE"],
        ["\ufb01le", "file"],
        ["a", "a/b"],
        ["A", "a/b/c"],
        ["a/x", "a/x"],
    ],
)
def test_two_paths_that_are_one_file_somewhere_are_refused(paths: list[str]) -> None:
    with pytest.raises(UnsafePath, match="rename one"):
        safe_paths(paths)


def test_distinct_paths_come_back_sorted() -> None:
    assert safe_paths(["b/c.html", "a.html"]) == ("a.html", "b/c.html")


@given(st.text(alphabet="./\\:aA\0é\u0301~", max_size=12))
def test_what_is_accepted_never_climbs(path: str) -> None:
    try:
        checked = safe_path(path)
    except UnsafePath:
        return
    assert not checked.startswith(("/", "\\"))
    assert not {"", ".", ".."} & set(checked.split("/"))

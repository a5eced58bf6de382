"""A relative path is either safe on every file system or refused with what to do about it (T32)."""

import re
import unicodedata
from collections.abc import Iterable

_LONGEST_PATH = 300
_LONGEST_SEGMENT = 120
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
# Names that Windows reserves, with any extension:
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)


class UnsafePath(ValueError):
    """A path that could leave its folder, or mean two things on two machines; the message says what to do."""


def safe_path(path: str) -> str:
    """Return `path` unchanged if it is a relative path in POSIX form that stays below its folder.

    Refused with UnsafePath: absolute and empty paths, `..` and `.`, NUL and control characters, backslashes,
    drive letters, names reserved on Windows, segments that end in a dot or a blank, text that is not NFC,
    the version control folder, more than 300 bytes.
    """
    if not path or len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        raise UnsafePath(f"a path needs 1 to {_LONGEST_PATH} bytes; shorten {path[:40]!r}")
    if path.startswith("/"):
        raise UnsafePath(f"{path!r} is absolute; write it relative to the folder")
    if found := _FORBIDDEN.search(path):
        raise UnsafePath(f"{path!r} holds {found[0]!r}; use letters, digits, '-', '_', '.' and '/'")
    if not unicodedata.is_normalized("NFC", path) or _has_surrogate(path):
        raise UnsafePath(f"{path!r} is not in Unicode form NFC; write it in that form")
    for segment in path.split("/"):
        _check_segment(path, segment)
    return path


def safe_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths sorted, each checked by `safe_path`.

    Raises UnsafePath when two of them are one file where case does not count, or where one is a folder of
    another.
    """
    checked = sorted(safe_path(path) for path in paths)
    seen: dict[str, str] = {}
    for path in checked:
        key = fold(path)
        if key in seen:
            raise UnsafePath(f"{path!r} and {seen[key]!r} are one file where case does not count; rename one")
        seen[key] = path
    for key, path in seen.items():
        parents = key.split("/")[:-1]
        if clash := next((p for i in range(len(parents)) if (p := "/".join(parents[: i + 1])) in seen), None):
            raise UnsafePath(f"{seen[clash]!r} is a file and a folder of {path!r}; rename one")
    return tuple(checked)


def fold(path: str) -> str:
    """Return the form in which two paths are one file where case and Unicode form do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _has_surrogate(path: str) -> bool:
    """Whether the text holds half a character, which no file name can."""
    return any("\ud800" <= char <= "\udfff" for char in path)


def _check_segment(path: str, segment: str) -> None:
    """Raise UnsafePath if one segment of the path is not a plain name."""
    if segment in {"", ".", ".."}:
        raise UnsafePath(f"{path!r} has the segment {segment!r}; remove it")
    if segment[-1] in ". " or segment[0] == " ":
        raise UnsafePath(f"{path!r}: {segment!r} begins or ends with a blank or ends with a dot; rename it")
    if _RESERVED.match(segment):
        raise UnsafePath(f"{path!r}: {segment!r} is a device name on Windows; rename it")
    if segment.casefold() == ".git":
        raise UnsafePath(f"{path!r} reaches into version control; choose another folder")
    if len(segment.encode()) > _LONGEST_SEGMENT:
        raise UnsafePath(f"{path!r}: a name may have {_LONGEST_SEGMENT} bytes; shorten it")

"""Whatever is done to an archive: what is taken is plain, bounded and what Python's reader says (T33, T39)."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from executors.errors import ProtocolError
from executors.evidence.bundle import BundleLimits, read_bundle
from templates.evidence import verify
from tests.long import LONG

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")
LIMITS = BundleLimits(files=6, file_size=3_000, total_size=5_000)
NAMES = st.one_of(
    st.sampled_from(
        [
            "a", "A", "a.txt", "b/c", "b/C", "b", "b/", "../x", "/x", "x/../y", "./x", "a\\b", "C:x", "con",
            "nul.txt", ".git/x", "a ", "a.", "stra\u00dfe", "STRASSE", "e\u0301", "\u00e9", "a\u202eb",
            "x" * 130, "", "//", "a//b", "..", "~", "a\nb",
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.sampled_from([f"steps/s{n}/f.txt" for n in range(9)]),
)  # fmt: skip
CONTENTS = st.one_of(
    st.binary(max_size=60),
    st.integers(0, 4_000).map(bytes),
    st.just(zlib.compress(bytes(999))),
    st.just(b"PK\x05\x06" + bytes(18)),
)
MODES = st.sampled_from([0o100644] * 6 + [0o100755, 0, 0o120777, 0o040755, 0o020644, 0o010644, 0o140777])
METHODS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED] * 3 + [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """An archive as Python writes it, of names and kinds of file that an honest job never has."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in draw(st.lists(st.tuples(NAMES, CONTENTS), min_size=1, max_size=7)):
            info = zipfile.ZipInfo(name)
            info.external_attr = draw(MODES) << 16
            info.compress_type = draw(METHODS)
            if name not in archive.NameToInfo or draw(st.booleans()):
                archive.writestr(info, data)
    return sink.getvalue()


NUMBERS = st.sampled_from([0, 1, 10, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])
SIGNATURES = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An archive with a few fields of its headers, or bytes anywhere, changed."""
    data = bytearray(draw(archives()))
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["field", "byte", "cut", "more", "join"]))
        at = draw(st.integers(0, max(0, len(data) - 1)))
        if kind == "field":
            start = max(data.find(draw(st.sampled_from(SIGNATURES)), at), 0) + draw(st.integers(4, 46))
            data[start : start + 4] = struct.pack("<L", draw(NUMBERS))[: draw(st.sampled_from([1, 2, 4]))]
        elif kind == "byte":
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=3))
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 30))]
        elif kind == "more":
            data[at:at] = draw(st.binary(max_size=20))
        else:
            data += draw(archives())
    return bytes(data)


def is_plain(path: str) -> bool:
    """Whether the path stays below its folder on every system, told without the patterns of the reader."""
    parts = path.split("/")
    return (
        not any(part in ("", ".", "..") or part != part.strip(" ") or part.endswith(".") for part in parts)
        and not any(ord(char) < 32 or char in '\\:*?"<>|\x7f' for char in path)
        and unicodedata.is_normalized("NFC", path)
        and not any(part.lower().split(".")[0] in ("con", "nul", "aux", "prn") for part in parts)
    )


@LONG
@given(archives() | damaged())
def test_what_is_taken_in_is_what_another_reader_reads_and_nothing_else(data: bytes) -> None:
    try:
        files = read_bundle(data, LIMITS)
    except ProtocolError:
        event("refused")
        return
    event(f"{min(len(files), 3)} files")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = [info for info in archive.infolist() if not info.is_dir()]
        assert files == {info.filename: archive.read(info) for info in kept}
        assert len(files) == len(kept)
        assert {stat.S_IFMT(info.external_attr >> 16) for info in kept} <= {0, stat.S_IFREG}
        assert all(zlib.crc32(files[info.filename]) == info.CRC for info in kept)
    assert list(files) == sorted(files)
    assert all(is_plain(path) for path in files)
    folded = {unicodedata.normalize("NFKC", path).casefold() for path in files}
    assert len(folded) == len(files)
    assert not any(f"{path}/" in other[: len(path) + 1] for path in folded for other in folded if other != path)
    assert len(files) <= LIMITS.files
    assert max(map(len, files.values()), default=0) <= LIMITS.file_size
    assert sum(map(len, files.values())) <= LIMITS.total_size


@LONG
@given(archives() | damaged())
def test_the_verifier_reads_no_container_but_the_one_that_is_sealed(data: bytes) -> None:
    try:
        entries = verify._unzip(data)
    except (ValueError, zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError):
        return
    event("read")
    assert verify._container(entries) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert dict(entries) == {info.filename: archive.read(info) for info in archive.infolist()}
        assert len(entries) == len(archive.infolist())


@LONG
@given(st.dictionaries(NAMES.filter(lambda name: "\0" not in name and name), CONTENTS, max_size=5))
def test_the_sealed_container_is_read_back_whole(files: dict[str, bytes]) -> None:
    entries = verify._unzip(verify._container(list(files.items())))
    assert dict(entries) == files
    assert [name for name, _ in entries] == sorted(files)

"""Taking in a run's artifact: a corpus of hostile ZIPs, each refused by name (T33, T39)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.errors import ProtocolError
from executors.evidence.bundle import BundleLimits, read_bundle

REGULAR, LINK, FOLDER, DEVICE = 0o100644, 0o120777, 0o040755, 0o020644


def zipped(*entries: tuple[str, bytes], mode: int = REGULAR, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, method
            archive.writestr(info, data)
    return sink.getvalue()


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return the ZIP with a name replaced by one of the same length that the library would not write."""
    assert len(old) == len(new)
    return data.replace(old, new)


def test_an_ordinary_artifact_is_read_sorted_and_without_its_folders() -> None:
    files = read_bundle(zipped(("b/x.txt", b"x" * 5000), ("a.json", b"{}")))
    assert list(files.items()) == [("a.json", b"{}"), ("b/x.txt", b"x" * 5000)]
    assert read_bundle(zipped(("b/", b""), mode=FOLDER)) == {}


def test_a_folder_s_name_with_a_file_s_mode_is_refused() -> None:
    with pytest.raises(ProtocolError, match="link or a device"):
        read_bundle(zipped(("b/", b"")))


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../../x", "C:x", "aux", "a/./b", "a//b", ".git/config", "x/..", "e\u0301.txt"]
)
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(ProtocolError, match="artifact"):
        read_bundle(zipped((name, b"x")))


@pytest.mark.parametrize(("old", "new"), [(b"aXb", b"a\0b"), (b"aXb", b"a\\b"), (b"aXb", b"a\nb")])
def test_a_name_that_two_readers_read_differently_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(ProtocolError, match="artifact"):
        read_bundle(renamed(zipped((old.decode(), b"x")), old, new))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("A.txt", "a.txt"), ("a", "a/b"), ("straße", "STRASSE")])
def test_two_entries_that_are_one_file_somewhere_are_refused(names: Iterable[str]) -> None:
    with pytest.raises(ProtocolError, match=r"one file|a file and a folder"):
        read_bundle(zipped(*((name, b"x") for name in names)))


@pytest.mark.parametrize("mode", [LINK, DEVICE])
def test_links_and_devices_are_refused(mode: int) -> None:
    with pytest.raises(ProtocolError, match="link or a device"):
        read_bundle(zipped(("a", b"/etc/passwd"), mode=mode))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(method: int) -> None:
    with pytest.raises(ProtocolError, match="unusual"):
        read_bundle(zipped(("a", b"x" * 100), method=method))


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(zipped(("a", b"x")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ProtocolError, match="encrypted"):
        read_bundle(bytes(data))


def test_a_bomb_is_given_up_while_it_unpacks() -> None:
    with pytest.raises(ProtocolError, match="more than is allowed"):
        read_bundle(zipped(("zeros", bytes(20 * 1024 * 1024))))


def test_t33_a_bomb_that_lies_about_its_size_is_refused_too() -> None:
    data = zipped(("zeros", bytes(4 * 1024 * 1024)))
    with pytest.raises(ProtocolError, match="artifact"):
        read_bundle(data.replace(struct.pack("<L", 4 * 1024 * 1024), struct.pack("<L", 10)))


@pytest.mark.parametrize(
    "limits", [BundleLimits(files=2), BundleLimits(file_size=99), BundleLimits(total_size=299)]
)
def test_each_limit_is_kept(limits: BundleLimits) -> None:
    data = zipped(*((f"f{n}", bytes(100)) for n in range(3)))
    assert len(read_bundle(data, BundleLimits(files=3, file_size=100, total_size=300))) == 3
    with pytest.raises(ProtocolError, match="artifact"):
        read_bundle(data, limits)


def test_entries_that_share_their_bytes_are_refused_by_what_comes_out() -> None:
    # One compressed stream under many names, as in overlapping ZIP bombs: the total is what is unpacked.
    data = zipped(("a" * 8, bytes(900_000)))
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    record = data[start:end]
    names = [b"n%07d" % number for number in range(400)]
    directory = b"".join(record.replace(b"a" * 8, name) for name in names)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(directory), start, 0)
    with pytest.raises(ProtocolError, match="artifact"):
        read_bundle(data[:start] + directory + tail)


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x05\x06" + bytes(18), b"#!/bin/sh\n" + zipped(("a", b"x"))])
def test_what_is_no_zip_from_its_first_byte_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="not a ZIP"):
        read_bundle(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_damage_is_refused_or_harmless_but_never_another_error(place: int, junk: bytes) -> None:
    data = zipped(("a.txt", b"hello " * 9), ("b/c.txt", zlib.compress(b"x" * 99)))
    damaged = data[:place] + junk + data[place + len(junk) :]
    try:
        read_bundle(damaged)
    except ProtocolError:
        return

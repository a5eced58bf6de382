"""Makes sure, before anything is changed, that a copy is the whole of its source: modules, people, and files.

A server that is killed while it duplicates leaves a database without its files, and one that finds the files of an
earlier copy of that name keeps those. Neither says a word, so the files themselves are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from executors.errors import WorldError
from executors.world.odoo.client import Client

COUNTED = ("res.users", "res.partner", "ir.attachment")
_ALL = {"active_test": False}
_BATCH = 4 * 1024 * 1024
"""Bytes asked for at a time; they come as base64, and a larger file is not read."""
_MOST = 64 * 1024 * 1024
"""Bytes read of one database: all of a young one, the newest and a sample of an old one."""


class NotWhole(WorldError):
    """The copy lacks something that its source has."""


class FilesMissing(NotWhole):
    """Files are missing: the server was killed while it copied them, or found others in their place."""


@dataclass(frozen=True)
class Files:
    """What was found of a database's files."""

    missing: int
    read_all: bool
    """whether every one was looked at, so that `missing` is certain"""


def compare(client: Client, copy: Client, since: str) -> None:
    """Raise NotWhole where the copy has other modules, or other numbers of people and files, than its source had.

    Others may be at work in the source: what was made from `since` on is not counted.
    """
    if _modules(client) != _modules(copy):
        raise NotWhole(f"{copy.at.target}: the copy has other modules than its source")
    domain = ["|", ["create_date", "=", False], ["create_date", "<", since]]
    for model in COUNTED:
        source, copied = (_count(one, model, domain) for one in (client, copy))
        if source != copied:
            raise NotWhole(
                f"{copy.at.target}: the copy has {copied} of {source} {model}; the source changes too fast"
            )


def files(client: Client) -> Files:
    """Look into a database's files, which Odoo keeps beside it. Raises WorldError where it cannot be asked."""
    rows = client.call(
        "ir.attachment",
        "search_read",
        context=_ALL,
        # Naming res_field brings those that hold the binary fields of other records.
        domain=[["store_fname", "!=", False], ["file_size", ">", 0], "|", *_ANY_FIELD],
        fields=["store_fname", "file_size"],
        order="id desc",
    )
    first = {row["store_fname"]: row for row in reversed(rows)}
    by_age = sorted(first.values(), key=lambda row: -row["id"])
    chosen = _sample([row for row in by_age if row["file_size"] <= _BATCH])
    missing = sum(_missing(client, batch) for batch in _batches(chosen))
    return Files(missing, len(chosen) == len(by_age))


def check_files(client: Client) -> None:
    """Raise FilesMissing where files are missing, as far as they were looked at."""
    if missing := files(client).missing:
        raise FilesMissing(f"{client.at.target}: {missing} files of the database are not there in full")


_ANY_FIELD = (["res_field", "=", False], ["res_field", "!=", False])


def _missing(client: Client, batch: Sequence[Any]) -> int:
    """Return how many of these files are not there in full; Odoo reads one that is not there as empty."""
    sizes = {row["id"]: row["file_size"] for row in batch}
    found = client.call("ir.attachment", "read", ids=sorted(sizes), fields=["datas"])
    return sum(_size(row["datas"] or "") != sizes[row["id"]] for row in found)


def _size(encoded: str) -> int:
    """Return the number of bytes that a base64 text stands for."""
    return len(encoded) * 3 // 4 - encoded.count("=", -2)


def _sample(by_age: Sequence[Any]) -> list[Any]:
    """Return the newest files and others at even distances, so many as may be read."""
    total = sum(row["file_size"] for row in by_age)
    if total <= _MOST:
        return list(by_age)
    newest, rest = by_age[:20], by_age[20:]
    every = -(-total // _MOST)
    return _within([*newest, *rest[::every]])


def _within(rows: Sequence[Any]) -> list[Any]:
    kept, left = [], _MOST
    for row in rows:
        left -= row["file_size"]
        if left >= 0:
            kept.append(row)
    return kept


def _batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for row in rows:
        if batch and size + row["file_size"] > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row["file_size"]
    if batch:
        yield batch


def _modules(client: Client) -> list[tuple[str, str]]:
    rows = client.call("ir.module.module", "search_read", context=_ALL, domain=[], fields=["name", "state"])
    return sorted((row["name"], row["state"]) for row in rows)


def _count(client: Client, model: str, domain: list[Any]) -> int:
    return int(client.call(model, "search_count", context=_ALL, domain=domain))

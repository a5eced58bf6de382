"""One transaction of many changes: all of a kind in one statement, and who fails does no harm to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.store.trouble import is_busy

A = TypeVar("A")
R = TypeVar("R")

Many = Callable[[Connection, Sequence[A]], Sequence[R]]
"""Writes several of a kind with one statement; one result each, in order."""


@dataclass(frozen=True, slots=True)
class Job:
    """A change that somebody waits for."""

    many: Many[Any, Any]
    argument: Any
    answer: asyncio.Future[Any]


Outcome = tuple[Job, Any, BaseException | None]


class InDoubt(Exception):
    """The commit itself failed: whether it happened is not known. The cause is the database's error."""


def each(connection: Connection, changes: Sequence[Callable[[Connection], Any]]) -> Sequence[Any]:
    """The `Many` of single changes, one at a time."""
    return [changes[0](connection)]


def commit(connection: Connection, batch: list[Job]) -> list[Outcome]:
    """What became of each job, durable. Raises InDoubt, or the error of a database that is busy: nothing is.

    All is tried without savepoints first, which cost as much as the changes. Where one fails, all is rolled back
    and done again with savepoints, which tell who is at fault.
    """
    try:
        return _whole(connection, lambda: _plain(connection, batch))
    except InDoubt:
        raise
    except Exception as error:
        if is_busy(error) or connection.invalidated:
            raise
        if len(batch) == 1:
            return [(batch[0], None, error)]
    return _whole(connection, lambda: _saved(connection, batch))


def _whole(connection: Connection, change: Callable[[], R]) -> R:
    transaction = connection.begin()
    try:
        result = change()
    except BaseException:
        transaction.rollback()
        raise
    try:
        transaction.commit()
    except Exception as error:
        connection.invalidate()  # what it left open ends with the connection
        raise InDoubt from error
    return result


def _plain(connection: Connection, batch: list[Job]) -> list[Outcome]:
    return [outcome for jobs in _groups(batch) for outcome in _together(connection, jobs)]


def _saved(connection: Connection, batch: list[Job]) -> list[Outcome]:
    """Each group in a savepoint; its jobs one by one where that fails."""
    outcomes: list[Outcome] = []
    for jobs in _groups(batch):
        found = _attempt(connection, jobs)
        if len(jobs) > 1 and found[0][2] is not None:
            found = [outcome for job in jobs for outcome in _attempt(connection, [job])]
        outcomes += found
    return outcomes


def _groups(batch: list[Job]) -> Iterator[list[Job]]:
    """Neighbours that share a statement; single changes stand alone."""
    for many, jobs in groupby(batch, key=lambda job: job.many):
        if many is each:
            yield from ([job] for job in jobs)
        else:
            yield list(jobs)


def _together(connection: Connection, jobs: list[Job]) -> list[Outcome]:
    results = jobs[0].many(connection, [job.argument for job in jobs])
    return [(job, result, None) for job, result in zip(jobs, results, strict=True)]


def _attempt(connection: Connection, jobs: list[Job]) -> list[Outcome]:
    try:
        with connection.begin_nested():
            return _together(connection, jobs)
    except Exception as error:
        if is_busy(error) or connection.invalidated:  # not these jobs' fault, and the others fare no better
            raise
        return [(job, None, error) for job in jobs]

"""Reads on threads of their own, so that the event loop goes on; each read is one statement's moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.store.trouble import is_lost, told

R = TypeVar("R")

THREADS = 2


class Reader:
    """Asks a database whose connections commit by themselves."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store-reader")

    async def ask(self, query: Callable[[Connection], R]) -> R:
        """What the query finds; raises StoreError, StoreBusy where the database is away."""
        return await self.aside(lambda: self._asked(query))

    async def aside(self, work: Callable[[], R]) -> R:
        """Do it on one of the threads; raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: _told(work))

    async def close(self) -> None:
        """Finish what is being read."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _asked(self, query: Callable[[Connection], R]) -> R:
        try:
            return self._once(query)
        except SQLAlchemyError as error:
            if not is_lost(error):
                raise
        return self._once(query)  # the server was away since the last read: reading again changes nothing

    def _once(self, query: Callable[[Connection], R]) -> R:
        with self._engine.connect() as connection:
            return query(connection)


def _told(work: Callable[[], R]) -> R:
    try:
        return work()
    except SQLAlchemyError as error:
        raise told(error, "asking the database") from error

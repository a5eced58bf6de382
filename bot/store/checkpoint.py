"""Folds SQLite's write-ahead log back beside the writer, so that no delivery waits for it."""

from __future__ import annotations

import threading

from sqlalchemy import Connection, Engine, event

EVERY = 1_000
"""Commits after which the log is folded back; what one commit writes is small."""


def fold_beside(writes: Engine, reads: Engine) -> None:
    """Fold the log of `writes` on a thread of its own with a connection of `reads`, until `writes` is disposed.

    PASSIVE blocks nobody: what is in use stays for the next time (https://www.sqlite.org/pragma.html).
    """
    due, over = threading.Event(), threading.Event()
    commits = 0

    def counted(_connection: Connection) -> None:
        nonlocal commits  # only the writer thread counts
        commits += 1
        if commits % EVERY == 0:
            due.set()

    def work() -> None:
        while due.wait() and not over.is_set():
            due.clear()
            with reads.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    thread = threading.Thread(target=work, name="store-checkpoint", daemon=True)

    def ended(_engine: Engine) -> None:
        over.set()
        due.set()
        thread.join()

    event.listen(writes, "commit", counted)
    event.listen(writes, "engine_disposed", ended)
    thread.start()

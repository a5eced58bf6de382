"""What stands in for bot and web server in a run on files: a durable journal, a small server of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli._journal_file import JournalBroken, JournalFile
from bot.cli._local_site import headers_of, served_at
from executors.protocol.journal import JournalLine, LegStarted


def test_only_a_free_address_of_this_machine_is_served(tmp_path: Path) -> None:
    for place in ("https://127.0.0.1:0/", "http://192.0.2.1:8080/", "http://example.com/"):
        assert served_at(tmp_path, place) is None


def test_a_site_without_headers_of_its_own_is_served_without(tmp_path: Path) -> None:
    assert headers_of(tmp_path) == []
    (tmp_path / "_headers").write_text("/*\n  X-One: 1\n  X-Two: a: b\n\n/assets/*\n  X-Three: 3\n")
    assert headers_of(tmp_path) == [("X-One", "1"), ("X-Two", "a: b")]


def test_a_journal_that_is_told_to_stop_says_so_and_keeps_its_lines(tmp_path: Path) -> None:
    line = JournalLine(n=1, at="2026-01-31T09:00:00.000000Z", body=LegStarted(verb="execute"))
    with JournalFile(tmp_path) as journal:
        assert journal.post([line]) == "go"
        journal.stopping = True
        assert journal.post([line]) == "stop"
    with JournalFile(tmp_path) as journal:
        assert journal.lines() == (line, line)
    journal.path.write_bytes(b"no journal\n")
    with JournalFile(tmp_path) as journal, pytest.raises(JournalBroken, match="is no journal"):
        journal.lines()

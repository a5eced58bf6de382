"""Two RFC 8785 of other authors, to hold ours against: `jcs` in Python, and `canonicalize` in JavaScript.

Sources: https://pypi.org/project/jcs (Anders Rundgren, who wrote the RFC) and https://github.com/erdtman/canonicalize,
which the RFC names in its appendix G; the second is installed by `tests/contract/install.py`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jcs
import pytest

from tests.contract.descriptions import needed
from tests.contract.install import node

HERE = Path(__file__).parent
PACKAGE = HERE / "node_modules" / "canonicalize"


def rundgren(value: object) -> bytes:
    """The bytes that `jcs` writes."""
    written: bytes = jcs.canonicalize(value)
    return written


class Erdtman:
    """`canonicalize` in one process of Node that answers line by line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __call__(self, value: object) -> bytes | None:
        """The bytes that it writes; None where it refuses the value."""
        return self.read(json.dumps(value))

    def read(self, text: str) -> bytes | None:
        """The bytes that it writes for a JSON text that JavaScript reads; None where it refuses the text."""
        assert self._process.stdin
        assert self._process.stdout
        # The text travels as a string of ASCII, so that it is one line.
        self._process.stdin.write(json.dumps(text).encode() + b"\n")
        self._process.stdin.flush()
        answer: str | None = json.loads(self._process.stdout.readline())
        return None if answer is None else answer.encode()


@contextmanager
def erdtman() -> Iterator[Erdtman]:
    """It, while the block lasts; the test is skipped loudly where it is not installed."""
    needed(PACKAGE)
    program = node()
    if program is None:
        pytest.skip("there is no Node: run `python tests/contract/install.py` (make test does)")
    command = [program, str(HERE / "canonical.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Erdtman(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=10) == 0

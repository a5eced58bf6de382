"""Templates that we did not ship are filled in a process of their own: 2 s of CPU, 256 MB, no environment.

The child gets sources and data as JSON on its standard input and answers with JSON; it inherits nothing else. The
allow-list is checked there as well: the limits are the second wall, not the first.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CPU_SECONDS = 2
MEMORY_BYTES = 256 * 1024 * 1024
_WALL_SECONDS = 15
_LARGEST_ANSWER = 32 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
# `-I` ignores PYTHON* variables, user site and working folder (T56); the package root comes as an argument.
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from executors.render.limited import _serve; _serve()"


class LimitReached(ValueError):
    """The template used more time or memory than it may, or broke its process."""


def render_limited(sources: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, str]:
    """Return each template of `sources` (name → source) filled with `data`, made in a limited process.

    `data` is plain JSON. Raises LimitReached for what ran into a limit and ValueError (the child's words) for a
    template that was refused or could not be filled.
    """
    question = json.dumps({"sources": dict(sources), "data": dict(data)}).encode()
    command = [sys.executable, "-I", "-c", _CHILD, str(_ROOT)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own code, no shell
            command, input=question, capture_output=True, env={}, timeout=_WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise LimitReached(f"the templates took more than {_WALL_SECONDS} s") from None
    if done.returncode != 0 or len(done.stdout) > _LARGEST_ANSWER:
        raise LimitReached(
            f"the templates used more than {CPU_SECONDS} s of CPU or {MEMORY_BYTES // 2**20} MB "
            f"(the process ended with {done.returncode})"
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise ValueError(str(answer["refused"]))
    return {str(name): str(text) for name, text in answer["texts"].items()}


def _serve() -> None:
    """Be the child: take the limits, then read, fill and answer."""
    import resource

    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    from executors.render.sandbox import render

    question = json.loads(sys.stdin.buffer.read())
    try:
        texts = {name: render(name, source, question["data"]) for name, source in question["sources"].items()}
        answer: dict[str, Any] = {"texts": texts}
    except ValueError as error:
        answer = {"refused": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()

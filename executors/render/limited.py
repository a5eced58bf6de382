"""Templates that we did not ship are filled in a process of their own: 2 s of CPU, 256 MB, no environment.

The child gets its question as JSON on its standard input and answers with JSON; it inherits nothing else, writes
no file and starts no process. The allow-list is checked there as well: the limits are the second wall, not the
first. Neither seccomp nor namespaces are used: what broke out of the allow-list could do what its user may do,
files and the network included. That is why a plan with such a template needs people's approval of its very bytes.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
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
    answer = run_limited(f"{__name__}:fill", {"sources": dict(sources), "data": dict(data)})
    return {str(name): str(text) for name, text in answer["texts"].items()}


def run_limited(task: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the function `task` (`module:name`, one of ours) answers to the question, in a limited process.

    Question and answer are plain JSON. Raises LimitReached, and ValueError with the words of the function's own.
    """
    command = [sys.executable, "-I", "-c", _CHILD, str(_ROOT), task]
    asked = json.dumps(question).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own code, no shell
            command, input=asked, capture_output=True, env={}, timeout=_WALL_SECONDS, check=False
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
    return answer


def fill(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return `texts`: each of the question's `sources` filled with its `data`; for the child."""
    from executors.render.sandbox import render

    return {"texts": {name: render(name, text, question["data"]) for name, text in question["sources"].items()}}


def _serve() -> None:
    """Be the child: load the function, take the limits, then read, do it and answer."""
    module, _, name = sys.argv[2].partition(":")
    function = getattr(import_module(module), name)
    _take_limits()
    question = json.loads(sys.stdin.buffer.read())
    try:
        answer: dict[str, Any] = function(question)
    except ValueError as error:
        answer = {"refused": f"{type(error).__name__}: {error}"[:4_000]}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def _take_limits() -> None:
    """From here on: so much CPU beyond what loading our own code took, so much memory, no file, no process."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))

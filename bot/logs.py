"""Structured logs: one JSON object a line, with the delivery and the case bound once where a row is taken up.

Code logs by the standard library; what `bound` holds is added to every line said within, in whichever module. What
an error says is shown where the error is ours; of others only type and place: they quote what people wrote.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

from bot.errors import BotError

OURS = (BotError, OSError, TimeoutError)
"""Errors whose words are written by us or by the operating system."""


@contextmanager
def bound(**facts: str | int) -> Iterator[None]:
    """Every line logged within this block, also by tasks that begin in it, tells these facts."""
    with bound_contextvars(**facts):
        yield


def told(error: BaseException) -> str:
    """The error in one line without a word that people wrote: `KeyError at bot/decide/run.py:120`."""
    name = type(error).__name__
    if isinstance(error, OURS):
        return f"{name}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{name} at {_place(frames[-1])}" if frames else name


def trace(error: BaseException) -> list[str]:
    """The error, what it came from, and the places it went through; nothing that variables hold."""
    lines: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines += [told(cause), *(f"  {_place(frame)}" for frame in traceback.extract_tb(cause.__traceback__))]
        cause = cause.__cause__ or cause.__context__
    return lines


def set_up(style: str, stream: TextIO | None = None) -> None:
    """Log to `stream` (stderr) as `json` (one object a line) or as `text` for people; INFO and above."""
    shared: list[structlog.typing.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.ExtraAdder(),
        _without_words,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


def _without_words(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The line with its error as `trace` tells it."""
    told_of = line.pop("exc_info", None)
    error = told_of[1] if isinstance(told_of, tuple) else told_of
    if isinstance(error, BaseException):
        line["error"] = trace(error)
    return line


def _place(frame: traceback.FrameSummary) -> str:
    return f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno}"

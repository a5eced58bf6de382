"""Structured logs: one JSON object a line, with the delivery and the case bound once where a row is taken up.

Code logs by the standard library; what `bound` holds is added to every line said within, in whichever module.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars


@contextmanager
def bound(**facts: str | int) -> Iterator[None]:
    """Every line logged within this block, also by tasks that begin in it, tells these facts."""
    with bound_contextvars(**facts):
        yield


def set_up(style: str, stream: TextIO = sys.stderr) -> None:
    """Log to `stream` as `json` (one object a line) or as `text` for people; INFO and above."""
    shared: list[structlog.typing.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.ExtraAdder(),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)

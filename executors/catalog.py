"""Which executors there are: the listing of `kinds/`, nothing registered by hand.

A file there is one executor and ends in `EXECUTOR = Executor(…)`; a name that begins with `_` is none. Each is
imported only when it is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from executors import kinds
from executors.errors import MillwrightError
from executors.executor import Executor
from executors.protocol.card import ExecutorCard


class UnknownExecutor(MillwrightError):
    """A plan names an executor that this version does not have, or a kind does not hold what it must."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all executors, sorted; nothing is imported."""
    found = (module.name for module in pkgutil.iter_modules(kinds.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


@cache
def executor(name: str) -> Executor:
    """Return the executor of that name; UnknownExecutor if there is none or its file holds no record."""
    if name not in names():
        raise UnknownExecutor(f"there is no executor {name!r}; this version has {', '.join(names())}")
    return record(importlib.import_module(f"{kinds.__name__}.{name}"), name)


def record(module: object, name: str) -> Executor:
    """Return the module's EXECUTOR; UnknownExecutor where it is missing or carries another name."""
    found = getattr(module, "EXECUTOR", None)
    if not isinstance(found, Executor):
        raise UnknownExecutor(f"kinds/{name} does not end in EXECUTOR = Executor(…)")
    if found.name != name:
        raise UnknownExecutor(f"kinds/{name} calls its executor {found.name!r}; give both one name")
    return found


def cards() -> tuple[ExecutorCard, ...]:
    """Return the card of every executor, sorted by name."""
    return tuple(executor(name).card() for name in names())

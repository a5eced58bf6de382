"""One match over the operations on Odoo: what each does, what takes it back, and how it is settled by looking."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from executors.executor import OdooReader
from executors.protocol.odoo import OdooDatabase, OdooOperation
from executors.protocol.wire import Json
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from executors.protocol.operation import Operation


class Odoo:
    """One database of one server."""

    def __init__(
        self, at: OdooDatabase, secrets: Secrets, hosts: Collection[str], log: Callable[[str, Json], None]
    ) -> None:
        raise NotImplementedError

    @property
    def reader(self) -> OdooReader:
        """What an executor may look at."""
        raise NotImplementedError

    def apply(self, operation: OdooOperation) -> Operation | None:
        """Carry the operation out; returns the one that takes it back, None where there was nothing to do."""
        raise NotImplementedError

    def settle(self, operation: OdooOperation) -> tuple[bool, Operation | None]:
        """Look whether the operation took effect; returns that and what takes back what it did."""
        raise NotImplementedError

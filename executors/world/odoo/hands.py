"""One match over the operations on Odoo: what each does, what takes it back, and how it is settled by looking."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, assert_never

from executors.executor import OdooReader
from executors.protocol.odoo import (
    ChangeGroups,
    CopyDatabase,
    CreateUser,
    DropCopy,
    InstallModule,
    OdooDatabase,
    OdooOperation,
    RemoveUser,
    ResetModules,
    RestoreCopy,
    SetCompany,
    UninstallModules,
)
from executors.protocol.wire import Json
from executors.world.odoo import company, copies, modules, people, uninstall
from executors.world.odoo.client import Client
from executors.world.odoo.reader import ClientReader
from executors.world.odoo.rpc import Patience
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from executors.protocol.operation import Operation


class Odoo:
    """One database of one server."""

    def __init__(
        self,
        at: OdooDatabase,
        secrets: Secrets,
        hosts: Collection[str],
        log: Callable[[str, Json], None],
        patience: Patience | None = None,
    ) -> None:
        self._at, self._secrets = at, secrets
        self._client = Client(at, secrets, hosts, log, patience or Patience())

    @property
    def reader(self) -> OdooReader:
        """What an executor may look at."""
        return ClientReader(self._client)

    def apply(self, operation: OdooOperation) -> Operation | None:
        """Carry the operation out; returns the one that takes it back, None where there was nothing to do.

        Raises WorldError; PartlyDone where it failed and changed something; OperationTimeout where nobody knows.
        """
        client = self._client
        match operation:
            case CopyDatabase():
                return copies.copy(client, self._at, self._secrets)
            case DropCopy():
                copies.drop(client, self._at, self._secrets)
                return None
            case RestoreCopy():
                copies.restore(client, self._at, self._secrets)
                return None
            case SetCompany():
                return company.set_company(client, operation)
            case InstallModule():
                return modules.install(client, operation)
            case UninstallModules():
                uninstall.uninstall(client, operation)
                return None
            case ResetModules():
                modules.reset(client, operation)
                return None
            case CreateUser():
                return people.create(client, operation)
            case RemoveUser():
                people.remove(client, operation)
                return None
            case ChangeGroups():
                return people.change(client, operation)
            case _:
                assert_never(operation)

    def settle(self, operation: OdooOperation) -> tuple[bool, Operation | None]:
        """Look whether the operation took effect; returns that and what takes back what it did."""
        client = self._client
        match operation:
            case CopyDatabase() | DropCopy() | RestoreCopy():
                return copies.settle(client, self._at, self._secrets, operation)
            case SetCompany():
                return company.settle(client, operation)
            case InstallModule():
                return modules.settle_install(client, operation)
            case UninstallModules():
                return uninstall.settle_uninstall(client, operation), None
            case ResetModules():
                return modules.settle_reset(client, operation), None
            case CreateUser() | RemoveUser() | ChangeGroups():
                return people.settle(client, operation)
            case _:
                assert_never(operation)

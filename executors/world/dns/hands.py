"""One set of records is changed, only if it is still the one from before: the server itself is made to look.

The prerequisites of an update (https://www.rfc-editor.org/rfc/rfc2136#section-2.4) are what octoDNS's provider
does not send, so the single change goes out through dnspython: whoever changes the records in between is not
overwritten. They compare values and not times to live, so those are compared before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from executors.executor import ZoneLook
from executors.protocol.dns import DnsZone, RecordSet, SetRecords, same, shown
from executors.protocol.wire import Json
from executors.world.dns import problems
from executors.world.dns.line import PATIENCE, Line
from executors.world.dns.problems import UPDATE
from executors.world.dns.reading import look, zone_of
from executors.world.secrets import Secrets

if TYPE_CHECKING:
    from dns.update import UpdateMessage

    from executors.protocol.operation import Operation


class Zone:
    """One zone on its primary server."""

    def __init__(
        self,
        at: DnsZone,
        secrets: Secrets,
        hosts: Collection[str],
        log: Callable[[str, Json], None],
        seconds: float = PATIENCE,
    ) -> None:
        self._line = Line(at, secrets, hosts, log, seconds)

    def records(self, names: Sequence[str], *, asked: bool = False) -> ZoneLook:
        """What the server has at these names. Raises WorldError."""
        return look(self._line, names, asked=asked)

    def apply(self, operation: SetRecords) -> Operation | None:
        """Set the records; returns the exact inverse, None where they are there already.

        Raises WorldError: Changed where they are neither these nor the ones from before, Lost where nobody knows.
        """
        now = self._now(operation)
        if same(operation.type, now, operation.records):
            return None
        if not same(operation.type, now, operation.before):
            raise problems.Changed(
                f"{operation.target}: there is {shown(now)}, and there was {shown(operation.before)} when this "
                "was planned; nothing was changed. Look at who else changes this zone, then plan again"
            )
        self._send(operation)
        return operation.inverse

    def settle(self, operation: SetRecords) -> tuple[bool, Operation | None]:
        """Look whether the records are set; returns that, and what takes them back."""
        done = same(operation.type, self._now(operation), operation.records)
        return done, operation.inverse if done else None

    def _now(self, operation: SetRecords) -> RecordSet | None:
        return self.records([operation.name]).sets.get((operation.name, operation.type))

    def _send(self, operation: SetRecords) -> None:
        import dns.rcode
        import dns.update

        message = dns.update.UpdateMessage(zone_of(operation.at))
        _require(message, operation)
        name, kind = f"{operation.name}.", operation.type
        if operation.records is None:
            message.delete(name, kind)
        else:
            message.replace(name, operation.records.ttl, kind, *operation.records.values)
        about = f"{operation.name} {kind}: {shown(operation.before)} → {shown(operation.records)}"
        code = dns.rcode.to_text(self._line.exchange(UPDATE, message, about).rcode())
        if code != "NOERROR":
            raise problems.answered(self._line.asked(UPDATE), code)


def _require(message: UpdateMessage, operation: SetRecords) -> None:
    """Have the server refuse unless the records are those from before, and no alias would stand beside others.

    A server passes over an alias beside other records without a word (RFC 2136, 3.4.2.2), so it is asked first.
    """
    name, kind = f"{operation.name}.", operation.type
    if operation.before is not None:
        message.present(name, kind, *operation.before.values)
    elif kind == "CNAME":
        message.absent(name)
    else:
        message.absent(name, kind)
    if kind != "CNAME" and operation.records is not None:
        message.absent(name, "CNAME")

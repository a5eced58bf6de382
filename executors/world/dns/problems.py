"""What a name server can answer instead of what was asked for, in words of ours and with what to do.

::

    WorldError
    ├── Silent             a question got no answer: nothing happened, so it may be asked again
    ├── Unsafe             the server is not one that the plan names
    ├── WrongKey           the key: its name, its algorithm, its value, or the clock that signs with it
    ├── Refused            the server does not let this key do that
    ├── NotHere            the server is not in charge of the zone
    ├── Changed            the records are not the ones from before any more: nothing was changed
    ├── NotDns             something answers that is no name server, or not as one should
    └── OperationTimeout
        └── Lost           a change was sent and no answer came: the server may have made it
"""

from __future__ import annotations

from dataclasses import dataclass

from executors.errors import OperationTimeout, WorldError

TRANSFER, QUESTION, UPDATE = "transfer", "question", "update"


class Silent(WorldError):
    """A question got no answer: nothing happened."""


class Unsafe(WorldError):
    """The plan does not name this server."""


class WrongKey(WorldError):
    """The server does not accept the signature."""


class Refused(WorldError):
    """The server does not let this key do that."""


class NotHere(WorldError):
    """The server is not in charge of the zone."""


class Changed(WorldError):
    """The records are not the ones from before: nothing was changed."""


class NotDns(WorldError):
    """What answers is no name server, or does not answer as one."""


class Lost(OperationTimeout):
    """A change was sent and no answer came: the server may have made it."""


@dataclass(frozen=True)
class Asked:
    """What was being done, for the message of an error."""

    host: str
    zone: str
    key: str
    what: str
    """transfer, question or update"""

    def __str__(self) -> str:
        return f"name server {self.host}, {self.what} of {self.zone}"


_ALLOW = {
    TRANSFER: "allow-transfer",
    QUESTION: "allow-query",
    UPDATE: "allow-update (or update-policy)",
}
"""What BIND calls the permission."""


def answered(asked: Asked, code: str) -> WorldError:
    """The error for an answer with that code (https://www.rfc-editor.org/rfc/rfc2136#section-2.2)."""
    match code:
        case "REFUSED":
            return Refused(
                f"{asked}: refused; let the key {asked.key} do it there: `{_ALLOW[asked.what]} {{ key "
                f'"{asked.key}"; }};` in the zone'
            )
        case "NOTAUTH" | "NOTZONE" | "NXDOMAIN":
            return NotHere(
                f"{asked}: the server is not in charge of {asked.zone} ({code}); make the zone there first, or "
                "correct zone and server in the policy"
            )
        case "YXDOMAIN" | "YXRRSET" | "NXRRSET":
            return Changed(
                f"{asked}: nothing was changed, for the records are not the ones from before any more ({code}); "
                "look at who else changes this zone, then plan again"
            )
        case "SERVFAIL":
            return WorldError(
                f"{asked}: the server failed (SERVFAIL); its log says why: often it may not write the zone's "
                "file or journal"
            )
        case _:
            return WorldError(f"{asked}: the server answers {code}; its log says why")


def wrong_signature(asked: Asked, kind: str) -> WrongKey:
    """The error for a signature that one of both sides does not accept; `kind` is dnspython's class."""
    words = {
        "PeerBadKey": f"the server knows no key {asked.key} of this algorithm (BADKEY); compare `key_name` and "
        "`algorithm` in the policy with the server's `key` statement",
        "PeerBadSignature": f"the value of the key {asked.key} is not the server's (BADSIG); put the server's "
        "into the environment's secret",
        "PeerBadTime": "the clocks of runner and server differ by more than five minutes (BADTIME); set them",
        "PeerBadTruncation": "the server does not take a signature of this length (BADTRUNC)",
    }
    return WrongKey(f"{asked}: {words.get(kind, 'the signature of the answer is not of this key')}")


def unreadable_key(asked: Asked, secret: str) -> WrongKey:
    """The error for a secret that holds no key."""
    return WrongKey(
        f"{asked}: the secret {secret} holds no key; it is base64, as `tsig-keygen` prints it, or `name:base64`, "
        "and the name one of a key, here or as `key_name` in the policy"
    )


def unsigned(asked: Asked) -> NotDns:
    """The error for an answer that anybody on the way may have made up."""
    return NotDns(f"{asked}: the answer bears no signature; is the key {asked.key} known to this server?")


def silent(asked: Asked, why: object) -> Silent:
    """The error for a server that could not be asked."""
    return Silent(f"{asked}: no answer ({why}); is it running and reachable over TCP from here?", again=True)


def lost(asked: Asked) -> Lost:
    """The error for a change of which nobody knows whether it was made."""
    return Lost(f"{asked}: the change was sent and no answer came; the next run looks before it does anything")


def of_exception(asked: Asked, error: BaseException | None) -> WorldError:
    """The error for what dnspython raises while an answer is read."""
    import dns.exception
    import dns.message
    import dns.rcode
    import dns.tsig
    import dns.xfr

    if isinstance(error, dns.xfr.TransferError):
        return answered(asked, dns.rcode.to_text(error.rcode))
    if isinstance(error, dns.tsig.PeerError | dns.tsig.BadSignature | dns.tsig.BadKey | dns.tsig.BadTime):
        return wrong_signature(asked, type(error).__name__)
    if isinstance(error, dns.message.UnknownTSIGKey | dns.tsig.BadAlgorithm):
        return wrong_signature(asked, "PeerBadKey")
    if isinstance(error, dns.exception.Timeout):
        return silent(asked, "it took too long")
    return NotDns(f"{asked}: what answers does not speak as a name server does ({type(error).__name__})")

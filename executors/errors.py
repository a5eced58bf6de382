"""Every way in which an executor can fail, as one tree.

::

    MillwrightError            something of ours that a person can read
    ├── ProtocolError          bytes or values that are not what the protocol says (also a ValueError)
    ├── Unconfirmed            the bot could not be asked, or said no: nothing may be applied
    ├── WorldError             the world said no; ``again`` tells whether trying again can help
    │   ├── PartlyDone         the operation failed, and changed something all the same
    │   └── OperationTimeout   nobody knows whether the operation took effect
    ├── OutsideEnvelope        an operation that nobody approved was proposed
    └── Stopped                the bot asked the run to stop after the current operation
"""

from __future__ import annotations


class MillwrightError(Exception):
    """Something went wrong that a person can understand; the message says what was being done."""


class ProtocolError(MillwrightError, ValueError):
    """Bytes or values that are not what the protocol says."""


class Unconfirmed(MillwrightError):
    """The bot did not acknowledge, so nothing may be applied."""


class WorldError(MillwrightError):
    """The world refused an operation or a look; ``again`` tells whether a retry can help."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class PartlyDone(WorldError):
    """The operation failed halfway; `undo` (an operation as JSON) takes back what it had done by then."""

    def __init__(self, message: str, undo: dict[str, object]) -> None:
        super().__init__(message)
        self.undo = undo


class OperationTimeout(WorldError):
    """The operation ran into its time limit, or the world fell silent: another run settles it by looking."""


class OutsideEnvelope(MillwrightError):
    """An operation was proposed that the approved envelope does not hold."""


class Stopped(MillwrightError):
    """The bot answered `stop`: the run ends after the current operation and keeps what is there."""

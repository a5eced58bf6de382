"""The secret of an endpoint: derived from the bot's ring whenever it is needed, stored nowhere (decision 15).

It belongs to an operations repository and an address: whoever names somebody else's endpoint in a policy of their
own signs with another secret than its owner knows.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

PURPOSE = "secret of an outgoing webhook"


def of_endpoint(session: Callable[..., str], operations: int, url: str) -> bytes:
    """32 bytes; `session` is `Keys.session`, an HMAC-SHA-256 of its arguments under the ring's secret."""
    return bytes.fromhex(session(PURPOSE, str(operations), url))


def shown(secret: bytes) -> str:
    """The secret as https://www.standardwebhooks.com has it: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(secret).decode()

"""A key ring as the text of its file, and back: every key is checked against its own name and state (pure)."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.published_keys import PublishedKey, public_json, read_published, time
from bot.domain.ring import Key, Ring, of_seed
from executors.errors import ProtocolError
from executors.protocol import dsse
from executors.protocol.canonical import canonical, parse
from executors.protocol.wire import Hex256, Wire, read


class _Kept(PublishedKey):
    """A published key with its private half, where there is one."""

    seed: Annotated[Hex256 | None, Field(repr=False)]


class _File(Wire):
    version: Literal[1]
    sessions: Annotated[Hex256, Field(repr=False)]
    keys: Annotated[tuple[_Kept, ...], Field(min_length=1, max_length=1_000)]


def written(ring: Ring) -> str:
    """The text of the file; it holds secrets."""
    keys = [public_json(key) | {"seed": key.seed.hex() if key.seed else None} for key in ring.keys]
    return json.dumps({"version": 1, "sessions": ring.sessions.hex(), "keys": keys}, indent=2) + "\n"


def read_ring(data: bytes) -> Ring:
    """The ring in the file; also a bare seed, 64 hex digits or 32 raw bytes. ProtocolError that tells no value."""
    if len(data) == 32:
        return of_seed(data)
    if not data.lstrip().startswith(b"{"):
        return of_seed(_bare(data))
    found = read(_File, parse(data))
    # What is published of the ring must hold for the ring: names, dates, one active key.
    public = [key.model_dump(mode="json", by_alias=True, exclude={"seed"}) for key in found.keys]
    read_published(canonical({"keys": public}))
    ring = Ring(tuple(_key(key) for key in found.keys), bytes.fromhex(found.sessions))
    if len(ring.signing) > dsse.SIGNATURE_LIMIT:
        raise ProtocolError(f"{len(ring.signing)} keys sign, which is more than {dsse.SIGNATURE_LIMIT}")
    return ring


def _bare(data: bytes) -> bytes:
    try:
        seed = bytes.fromhex(data.decode("ascii"))
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise ProtocolError("neither a ring nor 64 hex digits or 32 bytes")
    return seed


def _key(kept: _Kept) -> Key:
    seed = bytes.fromhex(kept.seed) if kept.seed else None
    if (seed is not None) != (kept.state in ("active", "retiring")):
        raise ProtocolError(
            f"the key {kept.keyid} is {kept.state} and {'has' if seed else 'lacks'} a private half"
        )
    if seed is not None and of_seed(seed).active.fingerprint != kept.keyid:
        raise ProtocolError(f"the private half of {kept.keyid} is another key's")
    public = dsse.raw_of(kept.public_key)
    return Key(public, kept.state, time(kept.since), time(kept.until), time(kept.compromised), seed)

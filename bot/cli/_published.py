"""A saved `/.well-known/millwright-keys.json`, and what it says of a pack."""

from __future__ import annotations

from pathlib import Path

from bot.cli._files import FileFault
from bot.domain.published_keys import PublishedKeys, judge, read_published
from executors.errors import ProtocolError
from templates.evidence import verify

COMPROMISED = "SEALED BY A COMPROMISED KEY"
"""The verdict where nothing differs and the signature proves nothing."""

UNPROVEN = 3
"""The exit code of a pack that is intact and that nobody vouches for."""


def keys_of(path: Path) -> PublishedKeys:
    """The published keys in the file; FileFault where it holds none."""
    try:
        return read_published(path.read_bytes())
    except OSError as error:
        raise FileFault(f"cannot read {path}: {error.strerror}") from error
    except ProtocolError as error:
        raise FileFault(f"{path} is not what the bot publishes as millwright-keys.json: {error}") from error


def verdict_of(pack: str, keys: PublishedKeys) -> tuple[verify.Verdict, int]:
    """The verdict and its exit code; OSError where the pack cannot be read."""
    found = verify.verify_pack(pack)
    if found.name != verify.INTACT:
        return found, verify.EXIT[found.name]
    # The verifier has checked the signature over both: who signed, and the date that was signed.
    sealed, _, signer = dict(found.facts)["sealed"].rpartition(" by ")
    judged = judge(keys, signer, sealed)
    facts = (*found.facts, ("key", judged.words))
    match judged.verdict:
        case "authentic":
            return verify.Verdict(verify.AUTHENTIC, (), facts), verify.EXIT[verify.AUTHENTIC]
        case "compromised":
            return verify.Verdict(COMPROMISED, (), facts), UNPROVEN
        case "refused":
            return verify.Verdict(verify.TAMPERED, (judged.words,), found.facts), verify.EXIT[verify.TAMPERED]

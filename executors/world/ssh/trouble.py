"""What ssh, rsync and the scripts say when something is wrong, as errors that say what to do about it.

Exit codes: 255 is ssh's own, 9 is that of our scripts, the others are rsync's
(https://download.samba.org/pub/rsync/rsync.1#EXIT_VALUES).
"""

from __future__ import annotations

import base64
import hashlib
import re

from executors.errors import WorldError
from executors.protocol.site import SshRoot

_FINGERPRINT = re.compile(r"\bSHA256:[A-Za-z0-9+/]{43}")
_OFFER = re.compile(r"no matching host key type found\. Their offer: ([A-Za-z0-9@.,-]+)")
_OURS = re.compile(r"^millwright: (.{1,300})$", re.MULTILINE)
_FULL = ("No space left on device", "Disk quota exceeded", "the disk is full")
_REFUSED = ("Permission denied (", "Too many authentication failures")
_LOST = (10, 12, 30, 35, 255)


class HostChanged(WorldError):
    """The machine does not hold the key that the policy pins: nothing was sent to it."""


def fingerprint(key: str) -> str:
    """Return `SHA256:…` of a public key as `ssh-keygen -l` shows it."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def trouble(at: SshRoot, doing: str, code: int, said: str) -> WorldError:
    """Return the error for what a program said; the key and other secrets must be gone from `said`."""
    what = f"{at.target}: {doing}"
    if "Host key verification failed" in said or "REMOTE HOST IDENTIFICATION" in said or _OFFER.search(said):
        return _changed(at, what, said)
    if any(word in said for word in _FULL):
        return WorldError(f"{what}: the disk is full there; nothing half stored was kept, free some space")
    if code == 9 and (ours := _OURS.search(said)):
        return WorldError(f"{what}: {ours[1]}")
    if any(word in said for word in _REFUSED):
        told = f"put the public half of {at.key} into ~{at.user}/.ssh/authorized_keys there, or correct the secret"
        return WorldError(f"{what}: the machine refuses the key {at.key}; {told}")
    if code == 127 or "rsync: command not found" in said or "rsync: not found" in said:
        return WorldError(f"{what}: there is no rsync on the target; install the package rsync there")
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    return WorldError(f"{what}: {last[:300] or f'it ended with {code}'}", again=code in _LOST)


def _changed(at: SshRoot, what: str, said: str) -> WorldError:
    """Return the error that names what the policy pins, what was shown, and the two ways on."""
    pinned = ", ".join(f"{key.split()[0]} {fingerprint(key)}" for key in at.host_keys)
    shown, offer = _FINGERPRINT.search(said), _OFFER.search(said)
    other = shown[0] if shown else f"keys of other types ({offer[1]})" if offer else "another one"
    return HostChanged(
        f"{what}: the host key is not the pinned one. The policy pins {pinned}; the machine shows {other}. "
        "Nothing was sent. If you have changed that machine's keys, read them there (`cat "
        "/etc/ssh/ssh_host_*_key.pub`) and correct `host_keys` in the policy; if not, somebody stands between: do "
        "not deploy"
    )

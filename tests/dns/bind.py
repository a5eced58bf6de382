"""A real BIND 9 of one's own: unprivileged, on a free port of loopback, with a zone that takes updates."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.message
import dns.name
import dns.query
import dns.tsig
import dns.update
import dns.zone

ZONE = "acme.example"
RECORDS = """\
@            TXT   "v=spf1 -all; x" "y"
@            MX    10 mail
@            A     192.0.2.1
mail         A     192.0.2.25
old          A     192.0.2.2
alias        CNAME old
shop         NS    ns.elsewhere.example.
"""
"""What the zone holds beside SOA, NS and the address of its server; every time to live is an hour."""

_CONF = """\
options {{
  directory "{folder}"; pid-file none; session-keyfile "{folder}/session.key"; listen-on-v6 {{ none; }};
  listen-on port {port} {{ 127.0.0.1; }}; recursion no; notify no; dnssec-validation no; minimal-responses yes;
}};
controls {{ }};
key "millwright" {{ algorithm hmac-sha512; secret "{key}"; }};
key "millwright-reads" {{ algorithm hmac-sha512; secret "{read_key}"; }};
key "stranger" {{ algorithm hmac-sha512; secret "{read_key}"; }};
zone "{zone}" {{
  type primary; file "zone"; check-names ignore;
  update-policy {{ grant millwright zonesub A AAAA CNAME CAA TXT; }};
  allow-transfer {{ key "millwright"; key "millwright-reads"; }};
}};
"""


@dataclass
class Bind:
    """One running name server."""

    program: Path
    folder: Path
    zone: str = ZONE
    port: int = 0
    key: str = field(default_factory=lambda: _key())
    read_key: str = field(default_factory=lambda: _key())
    said: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None

    def start(self, records: str = RECORDS) -> None:
        """Returns when the zone is served; raises RuntimeError with its last words where that never happens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or _free_port()
        values = {"folder": self.folder, "port": self.port, "zone": self.zone}
        conf = _CONF.format(**values, key=self.key, read_key=self.read_key)
        (self.folder / "named.conf").write_text(conf)
        head = "$TTL 3600\n@ SOA ns1 hostmaster 1 3600 600 604800 300\n@ NS ns1\nns1 A 127.0.0.1\n"
        if not (self.folder / "zone").exists():
            (self.folder / "zone").write_text(head + records)
        command = [str(self.program), "-g", "-n", "1", "-c", str(self.folder / "named.conf")]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(ready,), daemon=True).start()
        if not ready.wait(30) or self._process.poll() is not None:
            self.stop()
            raise RuntimeError("BIND does not start: " + " | ".join(self.said[-5:]))

    def stop(self) -> None:
        """End it, as a machine that goes down does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(10)

    def holds(self) -> list[str]:
        """Every record of the zone but its SOA, whose serial goes on; by transfer, sorted, as text."""
        ring = {dns.name.from_text("millwright"): dns.tsig.Key("millwright", self.key, "hmac-sha512.")}
        found = dns.query.xfr(
            "127.0.0.1", f"{self.zone}.", port=self.port, keyring=ring, relativize=False, timeout=5
        )
        zone = dns.zone.from_xfr(found, relativize=False)
        return sorted(
            f"{name} {ttl} {dns.rdatatype.to_text(value.rdtype)} {value}"
            for name, ttl, value in zone.iterate_rdatas()
            if dns.rdatatype.to_text(value.rdtype) != "SOA"
        )

    def change(self, name: str, kind: str, *values: str, ttl: int = 3600) -> None:
        """Somebody else sets a name's records of one type; without values they are gone."""
        update = dns.update.UpdateMessage(
            f"{self.zone}.", keyring=dns.tsig.Key("millwright", self.key, "hmac-sha512.")
        )
        update.delete(f"{name}.", kind)
        if values:
            update.add(f"{name}.", ttl, kind, *values)
        answer = dns.query.tcp(update, "127.0.0.1", port=self.port, timeout=5)
        assert answer.rcode() == 0, answer

    def asked(self, name: str, kind: str) -> list[str]:
        """What a visitor's resolver is told, as `ttl value`."""
        answer = dns.query.tcp(dns.message.make_query(f"{name}.", kind), "127.0.0.1", port=self.port, timeout=5)
        return sorted(f"{found.ttl} {value}" for found in answer.answer for value in found)

    def _listen(self, ready: threading.Event) -> None:
        process = self._process
        assert process is not None
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                self.said.append(line.rstrip())
                if line.rstrip().endswith(" running"):
                    ready.set()
        ready.set()


@contextmanager
def running(program: Path, folder: Path, zone: str = ZONE, records: str = RECORDS) -> Iterator[Bind]:
    """A name server for the length of a block."""
    bind = Bind(program, folder, zone)
    try:
        bind.start(records)
        yield bind
    finally:
        bind.stop()


def differs(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What went and what came, as `- record` and `+ record`."""
    return [f"- {one}" for one in before if one not in after] + [f"+ {one}" for one in after if one not in before]


def _free_port() -> int:
    """A port that is free for both TCP and UDP at this moment."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free for TCP and UDP")


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()

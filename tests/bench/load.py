"""Load from a process of its own: raw sockets and epoll, so that the client costs little of what it measures.

`python -m tests.bench.load PORT SECONDS CONNECTIONS`: prints one JSON object {"requests", "seconds", "p99_ms"}.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import selectors
import socket
import sys
import time

from tests.bench.payload import issues_labeled

SECRET = "a secret of more than thirty-two characters"
HEAD = (
    "POST /github HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nX-GitHub-Event: issues\r\n"
    "X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {length}\r\nX-GitHub-Delivery: "
)
WARM = 0.5
"""Seconds before it counts."""


def load(port: int, seconds: float, connections: int) -> list[float]:
    """How long each request took, in seconds, each connection sending its next when it is answered."""
    data = issues_labeled()
    signature = hmac.new(SECRET.encode(), data, hashlib.sha256).hexdigest()
    head = HEAD.format(signature=signature, length=len(data)).encode()
    tail = b"\r\n\r\n" + data
    numbers = itertools.count(time.time_ns() % 10**12)
    selector = selectors.DefaultSelector()
    sent: dict[socket.socket, float] = {}

    def send(sock: socket.socket) -> None:
        sent[sock] = time.perf_counter()
        sock.sendall(head + b"00000000-0000-4000-8000-%012d" % next(numbers) + tail)

    for _ in range(connections):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(sock, selectors.EVENT_READ)
        send(sock)
    began = time.perf_counter() + WARM
    times: list[float] = []
    while (now := time.perf_counter()) < began + seconds:
        for key, _ in selector.select(1):
            sock = key.fileobj  # type: ignore[assignment]
            answer = sock.recv(65_536)  # an answer of a few hundred bytes comes in one piece
            if not answer.startswith(b"HTTP/1.1 20"):  # ours says 202, Probot 200
                raise SystemExit(f"not accepted: {answer[:300]!r}")
            if now > began:
                times.append(time.perf_counter() - sent[sock])
            send(sock)
    return times


def main() -> None:
    seconds = float(sys.argv[2])
    times = sorted(load(int(sys.argv[1]), seconds, int(sys.argv[3])))
    p99 = times[int(len(times) * 0.99)] * 1000
    sys.stdout.write(json.dumps({"requests": len(times), "seconds": seconds, "p99_ms": p99}))


if __name__ == "__main__":
    main()

"""Twenty switches under fire: nobody who asks a real nginx meanwhile gets an error, or half of two releases."""

from __future__ import annotations

import re
import subprocess
import threading
from pathlib import Path

from executors.protocol.operation import SwitchRelease
from tests.bot.operate.test_site_nginx import HOST, written
from tests.executors.world.ssh.conftest import Deployer, deployer
from tests.nginx import serving
from tests.programs import program
from tests.sshd import Machine

SWITCHES = 20
SIZE = 40_000
"""Bytes of a page: more than one packet, so that half a page could be seen."""
_LUA = """\
bad = 0
function response(status, headers, body)
  local first = string.sub(body, 1, 1)
  if status ~= 200 or body ~= string.rep(first, %(size)d) then bad = bad + 1 end
end
local threads = {}
function setup(thread) table.insert(threads, thread) end
function done(summary, latency, requests)
  local e, all = summary.errors, 0
  for _, thread in ipairs(threads) do all = all + thread:get("bad") end
  io.write("bad=" .. all .. " status=" .. e.status .. " connect=" .. e.connect .. " read=" .. e.read)
  io.write(" write=" .. e.write .. " timeout=" .. e.timeout .. " requests=" .. summary.requests)
end
"""


def page(number: int) -> str:
    """A page of one letter: two releases mixed would show."""
    return chr(ord("a") + number % 2) * SIZE


def hammered(folder: Path, port: int, stop: threading.Event, found: list[str]) -> None:
    """wrk, round after round, until it is told to stop."""
    (folder / "wrk.lua").write_text(_LUA % {"size": SIZE})
    words = [str(program("wrk")), "-t2", "-c16", "-d1s", "-s", str(folder / "wrk.lua")]
    words += ["-H", f"Host: {HOST}", f"https://127.0.0.1:{port}/"]
    while not stop.is_set():
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        found.append(done.stdout + done.stderr)


def test_no_request_fails_and_each_answer_is_one_whole_release(
    us: Deployer, target: Machine, tmp_path: Path
) -> None:
    program("wrk")
    program("nginx")
    at = us.at.model_copy(update={"path": str(tmp_path / "www")})
    us = deployer(tmp_path / "work", at, target.secrets())
    us.deploys("r-0", page(0))
    us.deploys("r-1", page(1))
    with serving(tmp_path / "nginx", written(tmp_path), [HOST]) as server:
        stop, found = threading.Event(), list[str]()
        thread = threading.Thread(target=hammered, args=(tmp_path, server.secure, stop, found))
        thread.start()
        try:
            for number in range(SWITCHES):
                now, to = f"r-{(number + 1) % 2}", f"r-{number % 2}"
                assert us.world.apply(SwitchRelease(at=at, release=to, expected=now)) is not None
        finally:
            stop.set()
            thread.join()
    counts = [dict(re.findall(r"(\w+)=(\d+)", text)) for text in found]
    assert counts
    assert all(counts), found
    assert sum(int(one["requests"]) for one in counts) > 1_000, found
    wrong = ("bad", "status", "connect", "read", "write", "timeout")
    assert [{name: one[name] for name in wrong if one[name] != "0"} for one in counts] == [{}] * len(counts), found

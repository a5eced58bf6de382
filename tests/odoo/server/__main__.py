"""`python -m tests.odoo.server setup|start|stop`: a real Odoo from the command line.

start prints one line of JSON: url, database, login, password, key, master, pid, folder. With `--bound-to PID` the
server ends with that process; otherwise it runs until `stop`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.odoo.server.place import Unavailable
from tests.odoo.server.server import Server, stop
from tests.odoo.server.setup import setup


def main(arguments: Sequence[str]) -> int:
    """Do what is asked; returns 0, or 3 where no Odoo can be had, with the reason on stderr."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.command == "setup":
            print(f"Odoo 19 stands ready in {setup().home}")
        elif asked.command == "start":
            print(json.dumps(_start(asked)), flush=True)
        elif not stop(asked.folder.absolute()):
            print(f"no server was started with {asked.folder}", file=sys.stderr)
    except Unavailable as why:
        print(f"NOT AVAILABLE: real Odoo: {why}", file=sys.stderr)
        return 3
    return 0


def _start(asked: argparse.Namespace) -> dict[str, str | int]:
    folder = asked.folder.absolute()
    server = Server.start(setup(), folder, bound_to=asked.bound_to, workers=asked.workers)
    made = server.fresh(*asked.module, name=asked.database)
    opened = {"url": made.url, "database": made.database, "login": made.login, "password": made.password}
    return {**opened, "key": made.key, "master": made.master, "pid": server.daemon.pid, "folder": str(folder)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.odoo.server", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="put Odoo into the cache folder, once")
    start = commands.add_parser("start", help="start a server with a fresh database")
    start.add_argument("--folder", type=Path, required=True)
    start.add_argument("--database", default="company")
    start.add_argument("--module", action="append", default=[], help="installed from the beginning; repeatable")
    start.add_argument("--workers", type=int, default=0)
    start.add_argument("--bound-to", type=int, default=None, metavar="PID")
    ends = commands.add_parser("stop", help="stop the server of a folder")
    ends.add_argument("--folder", type=Path, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

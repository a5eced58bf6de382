"""Two validators of HTML: the W3C's own, which needs Java, and html-validate, which needs Node only."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.odoo.server.place import Unavailable
from tests.web.tools import HERE, java, javascript, module

_SECONDS = 120
# The policy is for the browser to judge: it knows which host is `self`, and that data blocks are no scripts.
_NOT_ASKED = ".*Content Security Policy.*"
_JAVA = ("-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def w3c(files: Sequence[Path]) -> list[str]:
    """What the W3C's validator says of the pages, its hints included. Source: https://validator.github.io/validator/"""
    jar = module("vnu-jar/build/dist/vnu.jar")
    asked = ["--format", "json", "--stdout", "--exit-zero-always", "--filterpattern", _NOT_ASKED]
    command = [str(java()), *_JAVA, "-jar", str(jar), *asked, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode or not done.stdout:
        raise Unavailable(f"the W3C's validator does not run: {done.stderr.strip()[-200:]}")
    said = json.loads(done.stdout)["messages"]
    return [f"{Path(one['url']).name}:{one.get('lastLine', 0)}: {one['message']}" for one in said]


def html_validate(files: Sequence[Path]) -> list[str]:
    """What html-validate says of the pages. Source: https://html-validate.org/rules/presets.html"""
    module("html-validate/package.json")
    command = [str(javascript()), "validate.mjs", *map(str, files)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode:
        raise Unavailable(f"html-validate does not run: {done.stderr.strip()[-200:]}")
    return [line.rpartition("/")[2] for line in done.stdout.splitlines()]

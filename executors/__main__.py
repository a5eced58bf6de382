"""`python -I -m executors VERB`: what the composite actions run, one verb per step."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from executors.errors import MillwrightError

VERBS = ("admit", "preview", "execute", "rollback", "report")


def main(arguments: Sequence[str], environ: Mapping[str, str], stream: TextIO) -> int:
    """Run one verb; returns the exit code: 0 done, 1 failed or refused, 2 no such verb."""
    if len(arguments) != 1 or arguments[0] not in VERBS:
        stream.write(f"usage: python -I -m executors {'|'.join(VERBS)}\n")
        return 2
    verb = arguments[0]
    from executors.world.clock import Clock  # each verb imports only what it needs: admit must be quick

    if verb == "admit":
        from executors.admit import admit

        return admit(environ, stream, Clock())
    from executors.runner import job

    try:
        if verb == "report":
            return job.report(environ, stream, Clock())
        return job.execute(verb, environ, stream, Clock())
    except (MillwrightError, OSError, ValueError) as error:
        return job.fail(environ, stream, error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, sys.stdout))

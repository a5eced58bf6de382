"""`python -I -m executors VERB`: what the composite actions run, one verb per step."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from executors.errors import MillwrightError

if TYPE_CHECKING:
    from executors.world.job import Job
    from executors.world.runs import Claimed

VERBS = ("admit", "preview", "execute", "rollback", "report", "build", "collect")


def main(arguments: Sequence[str], environ: Mapping[str, str], stream: TextIO) -> int:
    """Run one verb; returns the exit code: 0 done, 1 failed or refused, 2 no such verb."""
    if len(arguments) != 1 or arguments[0] not in VERBS:
        stream.write(f"usage: python -I -m executors {'|'.join(VERBS)}\n")
        return 2
    verb = arguments[0]
    from executors.world.clock import Clock  # each verb imports only what it needs: admit must be quick

    if verb == "admit":
        from executors.admit import admit

        return admit(environ, stream, Clock(), _prepare)
    from executors.runner import job

    try:
        if verb == "build":
            from executors.runner.foreign import build

            return build(environ, stream, Clock())
        if verb == "collect":
            return job.collect(environ, stream, Clock())
        if verb == "report":
            return job.report(environ, stream, Clock())
        return job.execute(verb, environ, stream, Clock())
    except (MillwrightError, OSError, ValueError) as error:
        return job.fail(environ, stream, error)


def _prepare(job: Job, claimed: Claimed) -> None:
    """Gather what foreign code runs on; imported only where a leg has some, for admit must be quick."""
    from executors.runner.inputs import prepare

    prepare(job, claimed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, sys.stdout))

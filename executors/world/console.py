"""What people see in the log of a run, and the copy of it that goes into the bundle; secrets are hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from executors import workflow_commands
from executors.protocol.finding import Finding
from executors.world.secrets import Secrets


class Console:
    """Prints to `stream` and to the file `copy`, each line at once."""

    def __init__(self, stream: TextIO, secrets: Secrets, copy: Path | None = None) -> None:
        self._stream = stream
        self._secrets = secrets
        self._copy = copy

    def say(self, text: str) -> None:
        """Print text of ours or from outside; nothing in it can be a command to the runner."""
        self._print(workflow_commands.plain(self._secrets.redact(text)))

    def find(self, finding: Finding) -> None:
        """Print a finding as an annotation."""
        redacted = finding.model_copy(update={"message": self._secrets.redact(finding.message)})
        self._print(workflow_commands.annotation(redacted))

    def mask(self, *values: str | None) -> None:
        """Hide values here and everywhere else in the run's log."""
        self._secrets.hide(*values)
        for value in values:
            if value:
                # The one print that may hold a secret: it tells the runner to hide it. Never in the copy.
                self._stream.write(workflow_commands.mask(value) + "\n")
        self._stream.flush()

    def _print(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()
        if self._copy is not None:
            with self._copy.open("a", encoding="utf-8") as copy:
                copy.write(text + "\n")

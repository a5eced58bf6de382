"""A prepared e-mail as a link: subject and lines that the reader only fills in, encoded as RFC 6068 asks."""

from collections.abc import Sequence

from executors.parts.address import quoted


def mailto(address: str, subject: str, lines: Sequence[str]) -> str:
    """Return a `mailto:` link; lines end in CRLF, everything but letters and digits is percent-encoded.

    https://www.rfc-editor.org/rfc/rfc6068#section-5
    """
    body = "\r\n".join(lines)
    return f"mailto:{quoted(address, '@')}?subject={quoted(subject)}&body={quoted(body)}"


def blanks(labels: Sequence[str]) -> list[str]:
    """Return one line to fill in per label, none of them twice: `Name: `."""
    return [f"{label.rstrip(' :')}: " for label in dict.fromkeys(labels)]

"""The workflow that a customer's operations repository holds, made from the policy and nothing else (pure)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from executors.errors import ProtocolError
from executors.protocol.dsse import pins

PATH = ".github/workflows/millwright.yml"
"""Where the generated file stands in the operations repository."""

UPLOAD_ARTIFACT = "ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2"
"""The commit of actions/upload-artifact that the generated workflow pins (T40)."""

DOWNLOAD_ARTIFACT = "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1"
"""The commit of actions/download-artifact that it pins, the one behind the tag v8.0.1. From v8 on it can leave the
ZIP packed (`skip-decompress`), so that the job `report` checks the digest itself before anything is unpacked."""

ATTEST = "1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2"
"""The commit of actions/attest that it pins where the policy asks for attestations."""

_ONLY = re.compile(r"<<(only|end) attest>>")
_PLACEHOLDER = re.compile(r"<<([a-z_]+)>>")
_SHAPES = {
    "bot": re.compile(
        r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?"
        r"|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?"
    ),
    "actions": re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}"),
    "sha": re.compile(r"[0-9a-f]{40}"),
    "upload": re.compile(r"[0-9a-f]{40}( # v[0-9.]{1,20})?"),
    "download": re.compile(r"[0-9a-f]{40}( # v[0-9.]{1,20})?"),
    "attester": re.compile(r"[0-9a-f]{40}( # v[0-9.]{1,20})?"),
}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,254}")
_SECRET = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
# What the runner, the shell, Python or we ourselves read: a secret of that name would steer the job.
_TAKEN = re.compile(
    r"(GITHUB|MILLWRIGHT|ACTIONS|RUNNER|INPUT|PYTHON|PIP|LD|BASH|DYLD|GIT|SSL)_.*|PYTHON.*|(HTTPS?|ALL|NO)_PROXY|PATH|HOME|ENV|CI|IFS|SHELL"
)


@dataclass(frozen=True)
class WorkflowConfig:
    """What the generated workflow depends on; `environments` maps each name to its secrets' names.

    `foreign_on` are the runners of the job `build`, which runs code that we did not ship: runners that are thrown
    away, since what such code leaves on a machine the next job finds there.
    `attest` adds a job that has GitHub attest the bundle, and sees its digest only.
    `key` is what the jobs pin: a fingerprint, or several with one space between while keys are rotated.
    """

    bot: str
    key: str
    actions: str
    sha: str
    runs_on: tuple[str, ...] = ("ubuntu-latest",)
    environments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes: int = 120
    upload: str = UPLOAD_ARTIFACT
    download: str = DOWNLOAD_ARTIFACT
    foreign_on: tuple[str, ...] = ("ubuntu-latest",)
    attest: bool = False
    attester: str = ATTEST


def faults(config: WorkflowConfig) -> tuple[str, ...]:
    """Return what cannot stand in a workflow, a sentence each; nothing where all is well."""
    return tuple(_faults(config))


def generate(config: WorkflowConfig, template: str) -> str:
    """Return the text of the workflow: the same configuration gives the same bytes.

    `template` is `templates/workflow/millwright.yml.in`. Raises ValueError that lists every fault.
    """
    if wrong := faults(config):
        raise ValueError("the workflow cannot be generated: " + "; ".join(wrong))
    values = {
        "bot": json.dumps(config.bot.rstrip("/")),
        "key": json.dumps(config.key),
        "actions": config.actions,
        "sha": config.sha,
        "upload": config.upload,
        "download": config.download,
        "attester": config.attester,
        "minutes": str(config.minutes),
        "runs_on": _labels(config.runs_on),
        "foreign_on": _labels(config.foreign_on),
        "environment": "    environment: ${{ needs.admit.outputs.environment }}" if config.environments else "",
        "secrets": _secret_lines(config),
    }
    source = list(_chosen(template, attest=config.attest))
    filled = (_PLACEHOLDER.sub(lambda found: values[found[1]], line) for line in source)
    lines = [text for text, before in zip(filled, source, strict=True) if text or not before]
    return "\n".join(lines) + "\n"


def _chosen(template: str, *, attest: bool) -> Iterator[str]:
    """Yield the template's lines; those between `<<only attest>>` and `<<end attest>>` where asked for."""
    inside = False
    for line in template.splitlines():
        if mark := _ONLY.fullmatch(line.strip()):
            inside = mark[1] == "only"
        elif attest or not inside:
            yield line


def _labels(labels: tuple[str, ...]) -> str:
    return labels[0] if len(labels) == 1 else f"[{', '.join(labels)}]"


def _secret_lines(config: WorkflowConfig) -> str:
    """Return one `env:` line per secret: a name computed at run time would hide which secrets a job sees."""
    names = sorted({name for secrets in config.environments.values() for name in secrets})
    if not names:
        return ""
    return "\n".join(["        env:", *(f"          {name}: ${{{{ secrets.{name} }}}}" for name in names)])


def _faults(config: WorkflowConfig) -> Iterator[str]:
    for name, shape in _SHAPES.items():
        value = getattr(config, name)
        if not shape.fullmatch(value):
            yield f"{name}: {value[:80]!r} is not of the form it needs"
    try:
        pins(config.key)
    except ProtocolError as error:
        yield f"key: {config.key[:80]!r} {error}"
    yield from _no_labels("runs_on", config.runs_on)
    yield from _no_labels("foreign_on", config.foreign_on)
    if not 10 <= config.minutes <= 360:
        yield f"minutes: {config.minutes} is not between 10 and 360"
    for environment, secrets in config.environments.items():
        if not _ENVIRONMENT.fullmatch(environment):
            yield f"environments: {environment[:80]!r} is no name for an environment"
        for secret in secrets:
            if not _SECRET.fullmatch(secret) or _TAKEN.fullmatch(secret):
                yield f"environments: {environment[:80]}: {secret[:80]!r} cannot be the name of a secret here"


def _no_labels(name: str, labels: tuple[str, ...]) -> Iterator[str]:
    if not labels:
        yield f"{name}: names no label"
    for label in labels:
        if not _LABEL.fullmatch(label):
            yield f"{name}: {label[:80]!r} is no runner label"

"""Approvals as in-toto statements: the published form, signed, and checked by the verifier on their own."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator, FormatChecker

from executors.evidence.attest import FILE, PAYLOAD_TYPE
from executors.evidence.pack import Pack
from executors.evidence.seal import seal
from executors.protocol import dsse
from executors.protocol.canonical import canonical, parse
from templates.evidence import verify
from tests.executors.evidence.test_seal import opened
from tests.executors.evidence.test_verifier_distrust import Files, resealed

MakePack = Callable[..., Pack]
SCHEMA = json.loads((Path(verify.__file__).parent / "human_approval.schema.json").read_text())
DIGEST_SET = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}
# https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and resource_descriptor.md
STATEMENT = {
    "type": "object",
    "required": ["_type", "subject", "predicateType"],
    "properties": {
        "_type": {"const": "https://in-toto.io/Statement/v1"},
        "subject": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["digest"],
                "properties": {"name": {"type": "string"}, "digest": DIGEST_SET},
            },
        },
        "predicateType": {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:.+"},
        "predicate": {"type": "object"},
    },
}


def statements(files: Files, public: bytes) -> list[dict[str, Any]]:
    """What the envelopes hold, each verified with the key."""
    lines = files[FILE].splitlines()
    return [parse(dsse.verify(parse(line), [public], PAYLOAD_TYPE)) for line in lines]


@pytest.fixture
def several(make_pack: MakePack) -> Pack:
    """A pack with decisions of every kind, one of them about no plan."""
    pack = make_pack()
    (given,) = pack.decisions
    told = (
        given,
        replace(given, user=8, login="bert", verdict="refused", version=1, digest="0" * 64, evidence=""),
        replace(given, verdict="refused", version=0, digest=""),
        replace(given, verdict="overridden", reason="Ein Grund: größer", source="policy", kind="policy"),
    )
    return make_pack(decisions=told)


def test_each_decision_that_names_a_plan_is_a_statement_in_the_published_form(
    several: Pack, key: Ed25519PrivateKey, now: datetime
) -> None:
    files = opened(seal(several, key, now))
    found = statements(files, dsse.public_raw(key))
    assert [one["predicate"]["verdict"] for one in found] == ["approved", "refused", "overridden"]
    for one in found:
        Draft202012Validator(STATEMENT).validate(one)
        Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(one["predicate"])
        assert one["subject"][0]["digest"] == {"sha256": one["predicate"]["plan"]["digest"]}
    first = found[0]
    assert first["subject"] == [{"name": "plan.json v2", "digest": {"sha256": several.plan.digest}}]
    assert first["predicateType"] == "urn:millwright:human-approval:v1"
    assert first["predicate"]["decider"] == {"kind": "person", "id": 7, "login": "maria"}
    assert (first["predicate"]["role"], first["predicate"]["gate"]) == ("maintain", "plan")
    assert first["predicate"]["source"] == {"of": "comment:991", "sha256": "f" * 64}
    assert first["predicate"]["decidedAt"] == "2026-11-20T10:30:40.000000Z"


def test_the_schema_refuses_what_says_less(several: Pack, key: Ed25519PrivateKey, now: datetime) -> None:
    predicate = statements(opened(seal(several, key, now)), dsse.public_raw(key))[0]["predicate"]
    for name in predicate:
        less = {other: value for other, value in predicate.items() if other != name}
        assert not Draft202012Validator(SCHEMA).is_valid(less), name
    assert not Draft202012Validator(SCHEMA).is_valid(predicate | {"more": 1})


def test_the_verifier_accepts_them_and_packs_of_before_that_have_none(
    several: Pack, key: Ed25519PrivateKey, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(seal(several, key, now))
    assert verify.verify_pack(path).name == verify.INTACT
    assert resealed(path, key, without) == ()


def without(files: Files, _manifest: dict[str, Any]) -> None:
    del files[FILE]


def rewritten(files: Files, key: Ed25519PrivateKey, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the first statement and sign it anew."""
    first, *others = files[FILE].splitlines(keepends=True)
    told = json.loads(base64.b64decode(json.loads(first)["payload"]))
    change(told)
    files[FILE] = canonical(dsse.sign(canonical(told), PAYLOAD_TYPE, key)) + b"\n" + b"".join(others)


OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda files, key: rewritten(files, OTHER, lambda _told: None), "line 1: not an envelope of this kind"),
        (
            lambda files, key: rewritten(files, key, lambda told: told["predicate"]["decider"].update(id=9)),
            "does not say what approvals.json says",
        ),
        (
            lambda files, key: rewritten(files, key, lambda told: told["predicate"].update(role="admin")),
            "does not say what approvals.json says",
        ),
        (
            lambda files, key: rewritten(
                files, key, lambda told: told["subject"][0]["digest"].update(sha256="1" * 64)
            ),
            "its subject is another plan",
        ),
        (
            lambda files, key: rewritten(files, key, lambda told: told.update(predicateType="urn:other")),
            "not a statement of a human approval",
        ),
        (
            lambda files, key: files.update({FILE: b"".join(files[FILE].splitlines(keepends=True)[1:])}),
            "does not say what approvals.json says",
        ),
        (lambda files, key: files.update({FILE: files[FILE].replace(b'"keyid"', b' "keyid"', 1)}), "not spelled"),
        (lambda files, key: files.update({FILE: files[FILE][:-1]}), "the last line is cut off"),
    ],
)
def test_a_signer_who_says_two_things_is_found_out(
    change: Callable[[Files, Ed25519PrivateKey], None],
    fault: str,
    several: Pack,
    key: Ed25519PrivateKey,
    now: datetime,
    tmp_path: Path,
) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(seal(several, key, now))
    faults = resealed(path, key, lambda files, _manifest: change(files, key))
    assert any(fault in one for one in faults), faults

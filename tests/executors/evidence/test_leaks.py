"""Seeded canary secrets: nothing that holds one is sealed, and the refusal never repeats it (T26)."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from executors.errors import ProtocolError
from executors.evidence.leaks import Leak, SecretsFound, find_leaks
from executors.evidence.pack import Pack
from executors.evidence.seal import seal

LETTERS = "Zx81cVbNm27QwErTyUiOpAsDfGhJkL45"
# Joined here, so that no scanner takes this file for a leak.
CANARIES = {
    "github_token": ["gh" + kind + "_" + LETTERS + "abcd" for kind in "pousr"],
    "github_pat": ["github" + "_pat_" + LETTERS],
    "aws_key": ["AK" + "IAIOSFODNN7EXAMPLE"[:18].replace("9", "7"), "AS" + "IAIOSFODNN7EXAMPLE"],
    "slack_token": ["xo" + "xb-1234567890-abcdef", "xa" + "pp-1-A0123456789-abc"],
    "slack_webhook": ["https://hooks.slack" + ".com/services/T0AAAAAAA/B0BBBBBBB/" + LETTERS],
    "private_key": [
        "-----BEGIN " + kind + "PRIVATE KEY-----" for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
    ],
    "jwt": ["ey" + "JhbGciOiJSUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + LETTERS],
    "anthropic_key": ["sk-" + "ant-api03-" + LETTERS],
    "openai_key": ["sk-" + "proj-" + LETTERS, "sk-" + LETTERS],
    "google_key": ["AI" + "za" + LETTERS + "abc"],
    "stripe_key": ["sk_" + "live_" + LETTERS],
    "authorization": [
        "Authorization: Bea" + "rer " + LETTERS,
        "authorization: tok" + "en " + LETTERS,
        '"Authorization": "Ba' + "sic " + LETTERS,
    ],
}


@pytest.mark.parametrize(
    ("kind", "secret"), [(kind, secret) for kind, many in CANARIES.items() for secret in many]
)
def test_each_canary_stops_the_sealing_and_is_not_repeated(
    kind: str, secret: str, make_pack: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    data = b"<p>before " + secret.encode() + b" after</p>"
    with pytest.raises(SecretsFound) as refusal:
        seal(make_pack(files={"website": {"build.log": data}}), key, now)
    assert kind in {leak.kind for leak in refusal.value.leaks}
    assert {leak.path for leak in refusal.value.leaks} == {"steps/step_1_website/build.log"}
    assert secret not in str(refusal.value)
    assert "at byte" in str(refusal.value)


@pytest.mark.parametrize(
    "spelled",
    [
        str,
        lambda value: quote(value, safe=""),
        lambda value: json.dumps({"password": value}),
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
        lambda value: value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"),
    ],
)
def test_a_known_value_is_found_in_every_usual_spelling(spelled: Callable[[str], str]) -> None:
    known = 'p&ss<w"rd/ü+?'
    assert [leak.kind for leak in find_leaks({"a": ("x " + spelled(known)).encode()}, [known])] == ["known"]


def test_a_known_value_stops_the_sealing_wherever_it_stands(
    make_pack: Callable[..., Pack], key: Ed25519PrivateKey, now: datetime
) -> None:
    with pytest.raises(SecretsFound) as refusal:
        seal(make_pack(residue=("the password correct-horse is left",)), key, now, ["correct-horse"])
    assert {leak.path for leak in refusal.value.leaks} == {"index.html", "cost.json", "risk_assessment.pdf"}


def test_a_secret_in_a_file_s_name_is_found_and_the_name_is_not_repeated() -> None:
    leaks = find_leaks({"steps/hunter22.txt": b""}, ["hunter22"])
    assert leaks == (Leak("(a file name)", 6, "known"),)


def test_a_known_value_too_short_to_look_for_is_an_error_and_an_empty_one_is_none() -> None:
    with pytest.raises(ProtocolError, match="fewer than 4"):
        find_leaks({}, ["abc"])
    assert find_leaks({"a": b"text"}, [""]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "class='sk-fading-circle-with-a-very-long-name-indeed'",
        "Authorization: Bearer <session key>",
        "Authorization: Bearer $TOKEN",
        "task-" + LETTERS,
        "a ghost_in_the_machine_is_what_this_sentence_has",
        "sha256:" + "ab" * 32,
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "BEGIN PUBLIC KEY",
    ],
)
def test_ordinary_text_is_no_secret(text: str) -> None:
    assert find_leaks({"a": text.encode()}, ["correct-horse"]) == ()

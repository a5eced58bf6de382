"""A website step with wrong inputs is refused, naming the field."""

import pytest
from pydantic import ValidationError

from tests.executors.website.folder import given


def test_a_german_firm_without_legal_facts_is_refused() -> None:
    with pytest.raises(ValidationError, match="legal is required for country DE"):
        given(legal=None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("domain", "acme.example/../x"), ("domain", "ACME.example"), ("domain", "acme"), ("domain", "müller.de"),
        ("primary_color", "red;}body{display:none"), ("primary_color", "#12345"), ("language", "fr"),
        ("country", "de"), ("date", "yesterday"), ("contact", {"email": "a@b.de?bcc=x@y.de"}),
        ("contact", {"email": "a@b.de", "phone": "javascript:1"}), ("surprise", 1), ("template", "../x"),
        ("logo", {"path": "../../etc/passwd.png", "sha256": "0" * 64, "alt": "x"}),
        ("logo", {"path": "logo.svg", "sha256": "0" * 64, "alt": "x"}), ("business_name", " "),
        ("business_name", "a\u202eb"), ("business_name", "a\nb"), ("tagline", "x" * 241),
    ],
)  # fmt: skip
def test_a_wrong_input_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        given(**{field: value})

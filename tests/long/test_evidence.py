"""10,000 changes of real packs, and the verifier notices each (T49)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from executors.evidence.seal import seal
from tests.executors.evidence.conftest import FINGERPRINT, KEY, NOW, packed, packed_erp
from tests.executors.evidence.mutations import MUTATIONS, Sealed, attack
from tests.long import EXAMPLES

PARTS = 10
EACH = -(-EXAMPLES // PARTS // len(MUTATIONS)) * len(MUTATIONS)
"""Mutations of one part, each kind as often as the others."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_mutation_of_a_pack_is_noticed(
    part: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    made = packed if part % 2 else packed_erp
    pack = Sealed.of(seal(made(), KEY, NOW), FINGERPRINT)
    tally = attack(pack, EACH, secrets.token_hex(8), tmp_path)
    assert tally.escaped == []
    for kind, count in tally.tried.items():
        record_property(kind, count)
    assert tally.tried.total() * PARTS >= EXAMPLES

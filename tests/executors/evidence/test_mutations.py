"""Whatever is changed in a pack, its own verifier says TAMPERED (T49); `make test-long` tries 10,000 changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.evidence.seal import seal
from tests.executors.evidence.conftest import FINGERPRINT, KEY, NOW, packed, packed_erp
from tests.executors.evidence.mutations import MUTATIONS, Sealed, attack

PACKS = {"website": packed, "erp": packed_erp}


@pytest.mark.parametrize("name", PACKS)
def test_every_mutation_of_a_pack_is_noticed(name: str, tmp_path: Path) -> None:
    pack = Sealed.of(seal(PACKS[name](), KEY, NOW), FINGERPRINT)
    tally = attack(pack, 160, seed=name, folder=tmp_path)
    assert tally.escaped == []
    assert tally.tried == dict.fromkeys(MUTATIONS, 8)

"""What holds for every executor holds for names on a real server too."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors import catalog
from tests.dns.bind import Bind
from tests.dns.names import Names
from tests.executors.kinds import laws
from tests.executors.kinds.laws import Law, Subject


@pytest.mark.parametrize("law", [*laws.OF_LOOKING, *laws.OF_APPLYING], ids=lambda law: law.__name__)
def test_it_keeps_the_laws(bind: Bind, tmp_path: Path, law: Law) -> None:
    names, executor = Names.on(bind, tmp_path), catalog.executor("dns")
    law(Subject(executor, executor.inputs.model_validate(names.plan.steps[0].inputs), names.world()))

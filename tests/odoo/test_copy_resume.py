"""A copy whose answer is lost: whatever was done is found out, and in the end the database is whole and alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.runner import Ended
from tests.odoo.erp import Erp, company, place
from tests.odoo.proxy import Decide, Fate, proxy_of
from tests.odoo.server import Instance
from tests.odoo.state import databases, state


def once(call: str, fate: Fate) -> Decide:
    """Fates of a server that fails the first time that this is called."""
    left = [call]

    def decide(_number: int, called: str) -> Fate:
        if called in left:
            left.remove(called)
            return fate
        return "pass"

    return decide


def honest(odoo: Instance, ended: Ended) -> bool:
    """Whether what the run says of itself is what is there."""
    return (ended.outcome == "completed") == bool(odoo.rows("res.company", [], "country_id")[0]["country_id"])


@pytest.mark.parametrize("fate", ["swallow", "cut"])
@pytest.mark.parametrize("call", ["db.duplicate_database", "db.rename", "db.drop"])
def test_a_copy_is_made_and_restored_whichever_answer_is_lost(
    odoo: Instance, tmp_path: Path, call: str, fate: Fate
) -> None:
    before = state(odoo)
    with proxy_of(odoo.url) as proxy:
        at = place(odoo, url=proxy.url, snapshot=True)
        erp = Erp.on(odoo, tmp_path, company(at))
        erp.preview()
        proxy.decide = once(call, fate)
        ended = erp.execute()
        if ended.outcome == "failed":
            ended = erp.execute()
        assert ended.outcome == "completed", ended.error
        assert honest(odoo, ended)
        ended = erp.rollback()
        if ended.outcome == "failed":
            assert databases(odoo), "the data stands somewhere"
            ended = erp.rollback()
    assert (ended.outcome, ended.residue) == ("rolled_back", ())
    assert state(odoo) == before
    assert databases(odoo) == [odoo.database]

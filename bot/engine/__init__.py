"""Takes accepted rows to their cases and works on them: rows of a case in order, cases in parallel, nothing lost.

::

    run.py     the loop: route what came in, a worker for each case with something to do, sleep
    route.py   which case a webhook belongs to
    worker.py  one case: its rows in order, its effects in order, retries, parking
    folding.py its ledger, folded on from where it was
"""

from bot.engine.run import Engine
from bot.engine.worker import Patience

__all__ = ["Engine", "Patience"]

"""Carries one leg out, step by step: look, propose, apply, look again, verify; or takes it all back.

leg      run(spec, …): the steps in order, the end of the leg
step     the rounds of one step
effort   one operation: time limit, retries
inverse  one operation that takes others back
guard    nothing happens that the approved envelope does not hold
restore  the copy that was taken of a place before it was changed
undo     what was applied, in reverse; open intents settled by looking
journal  nothing is applied without the bot's acknowledgement
tools    what a run works with
telling  what a journal line says in the log
job      the jobs `execute` and its last step `report`
bundle   what the artifact holds
"""

from executors.runner.leg import Ended, run
from executors.runner.tools import Outlets

__all__ = ["Ended", "Outlets", "run"]

"""The Actions half of the sandbox GitHub: dispatched workflows really run, with act or quickly inline.

rest → runs → course → workshop → runners (act | inline) → processes
                └── announce (webhooks, check runs, deployments)
job_doors → oidc, storage        workflows, expressions: what a file says
"""

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.actions import job_doors, rest
from bot.sandbox.actions.runs import Actions
from bot.sandbox.call import bind

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

__all__ = ["Actions", "routes"]


def routes(sandbox: "Sandbox") -> list[web.RouteDef]:
    """All routes of Actions for a sandbox's server."""
    return [*bind(sandbox, rest.table(sandbox.actions)), *job_doors.routes(sandbox.actions)]

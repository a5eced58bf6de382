"""Hands on one Odoo database: what is looked at and what is done there.

client      one call, as JSON-2 (19 and later) or JSON-RPC (16 to 18)
line        the line to one server, with the log of what is said on it
rpc         one exchange over HTTP, bounded in time and size
rpc_log     what the log may say of a call
problems    what an Odoo can answer instead of a result, in words of ours
reader      what an executor may look at
hands       one match over the operations; what takes each of them back; settling by looking
modules     install and reset: never twice, decided by the states that are read
states      the states of the modules, read until nothing moves any more
uninstall   exactly what was named, or nothing
company     country, currency, fiscal year
people      accounts and their groups
copies      duplicate, verify, restore
"""

from executors.world.odoo.hands import Odoo

__all__ = ["Odoo"]

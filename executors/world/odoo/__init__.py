"""Hands on one Odoo database: what is looked at and what is done there.

client    one call, as JSON-2 (19 and later) or JSON-RPC (16 to 18); errors in words of ours; the RPC log
reader    what an executor may look at
hands     one match over the operations; what takes each of them back; settling by looking
modules   install, uninstall, reset: one at a time, never twice, decided by the state that is read
company   country, currency, fiscal year
people    accounts and their groups
copies    duplicate, verify, restore
"""

from executors.world.odoo.hands import Odoo

__all__ = ["Odoo"]

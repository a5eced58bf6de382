"""A real Odoo 19 Community for tests and for the demo, from Debian's and PyPI's packages only.

place       where it is kept, and the one sentence that says why it cannot be had
debian      packages from the mirror that apt on this machine already uses, unpacked, not installed
python      the interpreter and the pinned requirements that Odoo runs with
postgres    one cluster of its own, on a Unix socket, by another account where we are root
process     processes that can be ended by their id, and are ended with whoever began them
daemon      one Odoo process on a free loopback port
door        what a browser would do: an API key; and calls with it
programs    what was put there
golden      the databases that fresh ones are copied from
server      all of it as one thing that starts, makes databases and stops
instance    one database of it, for one test
keeper      stops a server when the process that wanted it is gone
"""

from tests.odoo.server.instance import Instance
from tests.odoo.server.place import Unavailable
from tests.odoo.server.server import Server
from tests.odoo.server.setup import setup

__all__ = ["Instance", "Server", "Unavailable", "setup"]

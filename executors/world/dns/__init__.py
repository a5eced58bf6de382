"""Hands on one zone of the domain name system: what is looked at and what is done there.

line        one exchange with the zone's primary server over TCP, signed (TSIG), bounded in time, logged
problems    what a name server can answer instead of what was asked for, in words of ours
reading     the records at some names: by zone transfer (octoDNS), else by questions
hands       one set of records changed, only if it is still the one from before; settling by looking
"""

from executors.world.dns.hands import Zone

__all__ = ["Zone"]

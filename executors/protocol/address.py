"""Which addresses stand for a machine on the internet, so that nobody is talked into another network (T51)."""

from __future__ import annotations

import ipaddress

# https://www.rfc-editor.org/rfc/rfc6052 and https://www.rfc-editor.org/rfc/rfc8215
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
# The only IPv6 addresses that are handed out for use on the internet; what stands outside may carry an IPv4
# address in a way that some translator on the road still understands (::127.0.0.1, ::ffff:0:127.0.0.1).
# https://www.iana.org/assignments/ipv6-address-space
_UNICAST = ipaddress.IPv6Network("2000::/3")


def is_public(address: str) -> bool:
    """Whether the address, and the IPv4 address that it may carry inside, is anybody's on the internet.

    ValueError for what is no address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner: ipaddress.IPv4Address | None = None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if ip in _NAT64_LOCAL or (inner is None and ip not in _UNICAST):
            return False
    return all(part.is_global and not part.is_multicast for part in (ip, inner) if part is not None)

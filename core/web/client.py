"""Which address a request comes from. `X-Forwarded-For` counts only behind proxies of `limits.trusted_proxies`.

Addresses are canonical as in events, so that a block holds however its address is written.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from core import events
from core.errors import BadInput

Network = IPv4Network | IPv6Network


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks of CIDR texts; raises ValueError for one that is none."""
    return tuple(ip_network(text, strict=False) for text in texts)


def within(address: str, nets: Sequence[Network]) -> bool:
    """Whether the address lies in one of the networks; False when it is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in net for net in nets)


def client_address(environ: dict[str, Any], trusted: Sequence[Network]) -> str:
    """The peer, or the nearest untrusted address that trusted proxies report, read from the right.

    A malformed entry ends the walk: what stands left of it is hearsay.
    """
    address = str(environ.get("REMOTE_ADDR") or "")
    if ":" in address:
        address = _canonical(address) or address
    if not trusted or not within(address, trusted):
        return address
    for hop in reversed(str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        reported = _canonical(hop.strip())
        if reported is None:
            break
        address = reported
        if not within(address, trusted):
            break
    return address


def _canonical(text: str) -> str | None:
    try:
        return events.address(text)
    except BadInput:
        return None

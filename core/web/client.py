"""Which address a request comes from. `X-Forwarded-For` counts only behind proxies of `limits.trusted_proxies`.

Addresses are canonical as in events, so that a block holds however its address is written.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from core.errors import BadInput
from core.events import types as events

Network = IPv4Network | IPv6Network
_address = lru_cache(maxsize=8192)(ip_address)  # the same clients and hosts come with every request
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks of CIDR texts; raises ValueError for one that is none."""
    return tuple(ip_network(text, strict=False) for text in texts)


def within(address: str, nets: Sequence[Network]) -> bool:
    """Whether the address lies in one of the networks; False when it is no address."""
    try:
        ip = _address(address)
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
        reported = _canonical(_without_port(hop.strip()))
        if reported is None:
            break
        address = reported
        if not within(address, trusted):
            break
    return address


def counted(address: str) -> str:
    """What counters know a client by: an IPv4 address, or the /64 of an IPv6 one, of which a client has all addresses.

    An IPv4 client that comes through a translator (mapped, NAT64, 6to4, Teredo) counts as that IPv4 address.
    """
    try:
        ip = ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if inner is None and any(ip in net for net in _NAT64):
        inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    return str(inner) if inner is not None else str(ip_network((ip, 64), strict=False))


@lru_cache(maxsize=65_536)
def counted_as(address: str) -> str:
    """The address under which limits count and block a client: its own, or the first of an IPv6 client's /64."""
    return counted(address).removesuffix("/64")


def _canonical(text: str) -> str | None:
    try:
        return events.address(text)
    except BadInput:
        return None


def trusted_hops(environ: dict[str, Any], trusted: Sequence[Network]) -> int:
    """How many trusted proxies stand before us: the peer, and those before it that `X-Forwarded-For` names in a row."""
    peer = str(environ.get("REMOTE_ADDR") or "")
    if not trusted or not within(_canonical(peer) or peer, trusted):
        return 0
    hops = 1
    for hop in reversed(str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        reported = _canonical(hop.strip())
        if reported is None or not within(reported, trusted):
            break
        hops += 1
    return hops


def _without_port(text: str) -> str:
    """An address as proxies write it: with brackets, with a port, or bare."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text

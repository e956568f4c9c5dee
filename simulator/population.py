"""Who is on the platform: customers and crooks with wallets and addresses, and the events that tickets are for.

Families share an address, and so do the many behind the NAT of a carrier or a campus. Crooks sit among them: next door,
behind the same NAT, or in a line of their own like anybody's; no address gives one away. Attackers of scenarios stand
apart, so that a test finds them. Addresses come from ranges reserved for benchmarks and carriers (RFC 2544, RFC 6598),
so none belongs to a real person.
"""

import hashlib
import ipaddress
from collections.abc import Iterable
from functools import lru_cache

_BENCHMARK = int(ipaddress.IPv4Address("198.18.0.0"))
_CARRIER = int(ipaddress.IPv4Address("100.64.0.0"))
# Of a hundred customers, how many are behind one of the NATs, and how many share a family's line; the others have one.
_BEHIND_NAT, _IN_FAMILIES = 35, 35
_NATS, _FAMILY = 60, 3
# Of a hundred crooks.
_CROOKS_BEHIND_NAT, _CROOKS_NEXT_DOOR = 45, 35
_NEIGHBOURS = 4000  # the customers who come most often
_OWN_LINES, _CROOKS_LINES = 10**7, 2 * 10**7  # numbers of lines that no family has
_KEPT = 2**16  # of wallets and addresses; the same customers come again and again


@lru_cache(_KEPT)
def wallet(seed: int, number: int) -> str:
    """The wallet of customer `number`: 0x and 40 hex digits. Negative numbers are the crooks'."""
    return "0x" + _digest(seed, "wallet", number).hex()


@lru_cache(_KEPT)
def address(seed: int, number: int) -> str:
    """The IPv4 address of customer `number`; a negative number is an attacker of a scenario."""
    if number < 0:
        return str(ipaddress.IPv4Address(_BENCHMARK + _drawn(seed, "address", number) % 2**17))
    lot = _drawn(seed, "line", number) % 100
    if lot < _BEHIND_NAT:
        return _nat(seed, number)
    return _line(seed, number // _FAMILY if lot < _BEHIND_NAT + _IN_FAMILIES else number + _OWN_LINES)


def crooks_address(seed: int, number: int) -> str:
    """Where crook `number` (negative) sits."""
    lot = _drawn(seed, "line", number) % 100
    if lot < _CROOKS_BEHIND_NAT:
        return _nat(seed, number)
    if lot < _CROOKS_BEHIND_NAT + _CROOKS_NEXT_DOOR:
        return address(seed, _drawn(seed, "neighbour", number) % _NEIGHBOURS)
    return _line(seed, -number + _CROOKS_LINES)


def _nat(seed: int, number: int) -> str:
    return _line(seed, -1 - _drawn(seed, "nat", number) % _NATS)


def _line(seed: int, number: int) -> str:
    return str(ipaddress.IPv4Address(_CARRIER + _drawn(seed, "line-address", number) % 2**22))


def user(number: int) -> str:
    """The account name of customer `number`."""
    return f"user{abs(number):05d}"


def event(number: int) -> str:
    """The id of an event that tickets are sold for."""
    return f"evt-{number:03d}"


def wallets(seed: int, numbers: Iterable[int]) -> list[str]:
    """`wallet` of each."""
    return [wallet(seed, number) for number in numbers]


def addresses(seed: int, numbers: Iterable[int]) -> list[str]:
    """Of each, customer or crook."""
    return [address(seed, number) if number >= 0 else crooks_address(seed, number) for number in numbers]


def ticket(event_number: int, number: int) -> str:
    """The id of a ticket for an event."""
    return f"tkt-{event_number:03d}-{number:05d}"


def _drawn(seed: int, kind: str, number: int) -> int:
    return int.from_bytes(_digest(seed, kind, number)[:4], "big")


def _digest(seed: int, kind: str, number: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{kind}:{number}".encode(), digest_size=20).digest()

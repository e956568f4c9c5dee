"""Who is on the platform: customers with a wallet and an address each, crooks, and the events that tickets are for.

Addresses come from ranges reserved for benchmarks and carriers (RFC 2544, RFC 6598), so none belongs to a real person.
"""

import hashlib
import ipaddress
from collections.abc import Iterable

_BENCHMARK = int(ipaddress.IPv4Address("198.18.0.0"))
_CARRIER = int(ipaddress.IPv4Address("100.64.0.0"))


def wallet(seed: int, number: int) -> str:
    """The wallet of customer `number`: 0x and 40 hex digits. Negative numbers are the crooks'."""
    return "0x" + _digest(seed, "wallet", number).hex()


def address(seed: int, number: int) -> str:
    """The IPv4 address of customer `number`."""
    value = int.from_bytes(_digest(seed, "address", number)[:4], "big")
    if number < 0:
        return str(ipaddress.IPv4Address(_BENCHMARK + value % 2**17))
    return str(ipaddress.IPv4Address(_CARRIER + value % 2**22))


def user(number: int) -> str:
    """The account name of customer `number`."""
    return f"crook{-number:05d}" if number < 0 else f"user{number:05d}"


def event(number: int) -> str:
    """The id of an event that tickets are sold for."""
    return f"evt-{number:03d}"


def wallets(seed: int, numbers: Iterable[int]) -> list[str]:
    """`wallet` of each."""
    return [wallet(seed, number) for number in numbers]


def addresses(seed: int, numbers: Iterable[int]) -> list[str]:
    """`address` of each."""
    return [address(seed, number) for number in numbers]


def _digest(seed: int, kind: str, number: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{kind}:{number}".encode(), digest_size=20).digest()

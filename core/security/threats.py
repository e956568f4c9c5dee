"""The threat list as values: how an entry's value is written, and the copy that answers at once. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.errors import BadInput
from core.events import types as events

ThreatKind = Literal["ip", "wallet"]
KINDS: tuple[ThreatKind, ...] = ("ip", "wallet")
_WALLET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{2,199}")


def canonical(kind: str, value: str) -> str:
    """The one spelling of an address or a wallet. Raises BadInput.

    Hexadecimal wallets (`0x…`) are lower case: their capitals are a checksum only.
    """
    text = value.strip()
    if kind == "ip":
        return events.address(text)
    if kind != "wallet":
        raise BadInput("$.kind", f"{kind!r} is not one of {', '.join(KINDS)}")
    if not _WALLET.fullmatch(text):
        raise BadInput("$.value", f"{text[:60]!r} is not a wallet address")
    return text.lower() if text[:2] in ("0x", "0X") else text


def kind_of(value: str) -> ThreatKind:
    """What a bare value is: an address, else a wallet. Raises BadInput when it is neither."""
    try:
        canonical("ip", value)
        return "ip"
    except BadInput:
        canonical("wallet", value)
        return "wallet"


@dataclass(frozen=True, slots=True)
class Listed:
    """One version of the list: values and the epoch second at which each ends (infinity: never).

    `reported` are the addresses that only follow from what others reported: scoring looks at them, our door does not.
    """

    version: str = ""
    ips: Mapping[str, float] = field(default_factory=dict)
    wallets: Mapping[str, float] = field(default_factory=dict)
    reported: frozenset[str] = frozenset()

    def refused_until(self, ip: str) -> float:
        """Until when our own door refuses an address, 0 when it does not."""
        return 0.0 if ip in self.reported else self.ips.get(ip, 0.0)

    def hit(self, wallet: str | None, ip: str | None, now: float) -> ThreatKind | None:
        """What of a transaction is listed: its wallet, else its address, else nothing. `ip` is canonical."""
        if wallet and self.wallets:
            found = self.wallets.get(wallet) or self.wallets.get(wallet.strip().lower())
            if found is not None and found > now:
                return "wallet"
        if ip and self.ips and self.ips.get(ip, 0.0) > now:
            return "ip"
        return None

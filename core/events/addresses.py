"""IP addresses as they are kept: one text for each. Pure."""

import ipaddress
import socket

from core.errors import BadInput


def address(value: str, field: str = "$.ip") -> str:
    """A canonical IP address, IPv4 where it is one within IPv6; raises BadInput when it is none."""
    try:
        return socket.inet_ntop(socket.AF_INET, socket.inet_pton(socket.AF_INET, value))
    except (OSError, ValueError):
        pass
    try:
        parsed = ipaddress.ip_address(value)
        return str(getattr(parsed, "ipv4_mapped", None) or parsed).partition("%")[0]
    except ValueError:
        raise BadInput(field, f"{value[:60]!r} is not an IP address") from None

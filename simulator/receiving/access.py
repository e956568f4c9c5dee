"""Who may ask the local receivers: senders on this machine, and the person who holds the page's token.

The receivers hold messages and act as PagerDuty's people, on a loopback port that every web page open on this machine
can reach. So a request must name this machine in `Host` (a foreign name that resolves to loopback does not), a browser
must not send it from another site, and the page, its data and its buttons want the token that was printed with the
address. Pure.
"""

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import parse_qs

from simulator.receiving.contract import Reply

LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
COOKIE = "gatehouse_receivers"
TYPE = "text/plain; charset=utf-8"


class Gate(NamedTuple):
    """`hosts` are the names besides loopback's that the server is known by, without a port."""

    token: str
    hosts: frozenset[str] = LOCAL

    def refuse(self, headers: Mapping[str, str]) -> Reply | None:
        """The refusal of a request that is not addressed to us or that a foreign page sent; header names lower case."""
        host = headers.get("host", "")
        if _name(host) not in self.hosts:
            return _refusal(421, "These receivers only answer on this machine's own address, such as 127.0.0.1.")
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return _refusal(403, "Cross-site requests are not allowed.")
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return _refusal(403, "Cross-site requests are not allowed.")
        return None

    def admit(self, query: str, headers: Mapping[str, str]) -> Reply | None:
        """None for who holds the token; a redirect that moves it from the address into a cookie; or a refusal."""
        if self._is_token(_cookie(headers.get("cookie", ""))):
            return None
        given = parse_qs(query, max_num_fields=8).get("token", [""])[0]
        if not self._is_token(given):
            return _refusal(403, "Open the address printed at startup; it contains the access token.")
        cookie = f"{COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict"
        return Reply(303, b"", content_type=TYPE, headers={"Location": "/", "Set-Cookie": cookie})

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())


def _name(host: str) -> str:
    """The name in a Host header, its port taken off."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _refusal(status: int, sentence: str) -> Reply:
    return Reply(status, sentence.encode() + b"\n", content_type=TYPE)

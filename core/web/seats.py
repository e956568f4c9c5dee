"""Which connections a worker keeps: how many an address may have, and who goes where there is no room."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from core.web.client import Network, client_address
from core.web.connection import Connection, Tally


class Seats:
    """Before gunicorn's worker among the bases of a class, which drops and refuses connections."""

    wsgi: Any
    _tally: Tally
    _trusted: tuple[Network, ...]
    _arming: Lock
    _waiting: dict[Connection, None]
    _default_most: int

    _drop: Callable[[Connection], None]
    _refuse: Callable[[Connection, int, str], None]

    def _seat(self, conn: Connection, address: str) -> bool:
        if self._tally.add(conn, address):
            return True
        with self._arming:  # not while a thread lets it wait again
            replaced = self._tally.replaceable(address)
        if replaced is None:
            self._refuse(conn, 503, "Too many connections from this address.")
            return False
        self._drop(replaced)
        return self._tally.add(conn, address)

    def _seat_client(self, conn: Connection) -> bool:
        """Behind a trusted proxy a connection counts for the client whose request it brings, as long as it does."""
        if not conn.proxied:
            return True
        headers = conn.intake.request.headers if conn.intake.request is not None else ()
        hops = ",".join(value for name, value in headers if name == "X-FORWARDED-FOR")
        peer = str(conn.client[0])
        client = client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": hops}, self._trusted)
        return client == peer or self._seat(conn, client)

    def _drop_oldest(self) -> None:
        """Make room: whoever has waited longest for its client goes."""
        if waiting := list(self._waiting):  # threads add to it meanwhile
            self._drop(waiting[0])

    def _most_body(self, path: str) -> int:
        most = getattr(self.wsgi, "most_body", None)
        return int(most(path)) if most is not None else self._default_most

"""What a worker answers to a request that no application sees."""

from typing import Any

from core.web.intake import TooLarge
from core.web.raw_problem import raw
from core.web.spool import Full


class ErrorAnswers:
    """Before gunicorn's worker among the bases of a class."""

    log: Any

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what is wrong with a request."""
        if isinstance(exc, TooLarge):
            client.sendall(raw(413, f"The request body is larger than {exc.args[0]} bytes."))
        elif isinstance(exc, Full):
            self.log.warning("Refused a request: %s", exc)
            client.drop()
            client.sendall(raw(503, "The server is overloaded. Try again."))
        else:
            super().handle_error(req, client, addr, exc)  # type: ignore[misc]
